// better-auth's requests, each beside the request of Gatehouse that a client would send instead. It has no access token that
// expires: its `get-session` reads session and user, which answers verify and me.

import {
  type Case,
  connections,
  emailOf,
  get,
  newEmail,
  password,
  post,
  type RequestName,
  send,
  times,
} from './cases.ts'
import type { Chain } from './load.ts'
import type { Server } from './servers/server.ts'

const session = '/api/auth/get-session'
/** It refuses a POST that names no page. */
const page = { origin: 'https://auth.example.com' }

interface Servers {
  betterAuth: Server
  /** Writes the session at each use, as a refresh does. */
  betterAuthWritten: Server
  /** Answers from a signed cookie, for five minutes. */
  betterAuthCached: Server
}

export function betterAuthCases({ betterAuth, betterAuthWritten, betterAuthCached }: Servers) {
  const reads = (server: Server) => () =>
    Promise.all(times(connections.light, (at) => readSession(server, at)))
  const login = () => times(connections.hashing, (at) => signIn(at))
  const signUp = () => times(connections.hashing, () => signUpWith(newEmail))
  const jwks = () => times(connections.light, () => get('/api/auth/jwks'))

  const caseOf = (
    request: RequestName,
    prepare: () => Chain[] | Promise<Chain[]>,
    server = betterAuth,
    system = 'better-auth',
  ): Case => ({ system, request, server, prepare: async () => prepare() })
  const cached = [betterAuthCached, 'better-auth, cached'] as const
  return [
    caseOf('verify', reads(betterAuth)),
    caseOf('me', reads(betterAuth)),
    caseOf('refresh', reads(betterAuthWritten), betterAuthWritten),
    caseOf('jwks', jwks),
    caseOf('login', login),
    caseOf('sign-up', signUp),
    caseOf('verify', reads(betterAuthCached), ...cached),
    caseOf('me', reads(betterAuthCached), ...cached),
  ]
}

/** Creates the tables, and one user for each connection. */
export async function prepareBetterAuth({ betterAuth }: Servers) {
  await send(betterAuth, get('/migrate'))
  for (const at of Array(connections.light).keys()) {
    await send(
      betterAuth,
      signUpWith(() => emailOf(at)),
    )
  }
}

const signIn = (at: number) =>
  post('/api/auth/sign-in/email', () => ({ email: emailOf(at), password }), page)

const signUpWith = (email: () => string) =>
  post('/api/auth/sign-up/email', () => ({ name: 'Ada Lovelace', email: email(), password }), page)

async function readSession(server: Server, at: number): Promise<Chain> {
  const chain = get(session, { cookie: await cookieOf(server, at) })
  const answer = await send(server, chain)
  if (JSON.parse(answer)?.user?.email !== emailOf(at)) throw new Error(`${session}: ${answer}`)
  return chain
}

async function cookieOf(server: Server, at: number): Promise<string> {
  const { path, headers, body } = signIn(at)
  const init = { method: 'POST', headers: { ...headers, 'content-type': 'application/json' } }
  const answer = await fetch(server.origin + path, { ...init, body: body?.() ?? null })
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`)
  const cookies = answer.headers.getSetCookie().map((cookie) => cookie.split(';', 1)[0])
  if (cookies.length === 0) throw new Error(`${path} set no cookie`)
  return cookies.join('; ')
}
