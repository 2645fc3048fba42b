// What is measured: each kind of request of each system, as chains that autocannon's connections send.

import type { Chain } from './load.ts'
import type { Server } from './servers/server.ts'

export type RequestName = 'verify' | 'jwks' | 'me' | 'refresh' | 'login' | 'sign-up'
export type BareName = 'hello' | 'select' | 'update'

export interface Case {
  system: string
  /** A `RequestName`, a `BareName`, or a request that only the growth has. */
  request: string
  server: Server
  /** Makes the chains of one round, with fresh tokens. */
  prepare: () => Promise<Chain[]>
}

/** Connections. A login computes a slow hash: more than these would only wait in a queue. */
export const connections = { light: 10, hashing: 2 }

export const password = 'a pond of herons'
const user = { first_name: 'Ada', last_name: 'Lovelace', password }

interface Choice {
  /** The server that gives out the tokens, if it is another. */
  issuer?: Server
  only?: RequestName[]
  /** The address of the user that a connection logs in. */
  emailAt?: (connection: number) => string
}

/** The API of Djoser and Simple JWT. */
export function djangoCases(
  system: string,
  server: Server,
  { issuer = server, only, emailAt = emailOf }: Choice = {},
) {
  const chains = (make: (tokens: Tokens) => Chain) => async () =>
    Promise.all(times(connections.light, async (at) => make(await logIn(issuer, emailAt(at)))))

  const cases: Record<RequestName, () => Promise<Chain[]>> = {
    verify: chains(({ access }) => post('/auth/jwt/verify/', () => ({ token: access }))),
    jwks: async () => times(connections.light, () => get('/.well-known/jwks.json')),
    me: chains(({ access }) => get('/auth/users/me/', { authorization: `Bearer ${access}` })),
    refresh: chains(({ refresh: first }) => {
      let refresh = first
      const chain = post('/auth/jwt/refresh/', () => ({ refresh }))
      const onAnswer = (body: string) => {
        refresh = JSON.parse(body).refresh
      }
      return { ...chain, onAnswer }
    }),
    login: async () =>
      times(connections.hashing, (at) =>
        post('/auth/jwt/create/', () => ({ email: emailAt(at), password })),
      ),
    'sign-up': async () =>
      times(connections.hashing, () =>
        post('/auth/users/', () => ({ ...user, email: newEmail() })),
      ),
  }
  const names = only ?? (Object.keys(cases) as RequestName[])
  return names.map((request): Case => ({ system, request, server, prepare: cases[request] }))
}

/** @param sessionId a row of `sessions` that all connections write to */
export const bareCases = (server: Server, userId: number, sessionId: string): Case[] =>
  Object.entries({
    hello: get('/hello'),
    select: get(`/select/${userId}`),
    update: { ...get(`/update/${sessionId}`), method: 'POST' } satisfies Chain,
  }).map(([request, chain]) => ({
    system: 'bare',
    request,
    server,
    prepare: async () => times(connections.light, () => chain),
  }))

/** Signs up one user for each connection. */
export async function signUpUsers(server: Server) {
  for (const at of Array(connections.light).keys()) {
    await send(
      server,
      post('/auth/users/', () => ({ ...user, email: emailOf(at) })),
    )
  }
}

interface Tokens {
  access: string
  refresh: string
}

export async function logIn(server: Server, email: string): Promise<Tokens> {
  const chain = post('/auth/jwt/create/', () => ({ email, password }))
  return JSON.parse(await send(server, chain))
}

/** Sends the first request of a chain. */
export async function send(
  server: Server,
  { method, path, headers, body }: Chain,
): Promise<string> {
  const init = {
    method,
    headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: body() }),
  }
  const answer = await fetch(server.origin + path, init)
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${text}`)
  return text
}

export const emailOf = (at: number) => `user${at}@example.com`

let signedUp = 0
export const newEmail = () => `new${Date.now()}.${signedUp++}@example.com`

const client = { 'cf-connecting-ip': '192.0.2.1', 'user-agent': 'bench' }

export const get = (path: string, headers: Record<string, string> = {}): Chain => ({
  method: 'GET',
  path,
  headers: { ...client, ...headers },
})

export const post = (
  path: string,
  body: () => object,
  headers: Record<string, string> = {},
): Chain => ({
  method: 'POST',
  path,
  headers: { ...client, ...headers },
  body: () => JSON.stringify(body()),
})

export const times = <T>(count: number, make: (at: number) => T): T[] =>
  Array.from({ length: count }, (_, at) => make(at))
