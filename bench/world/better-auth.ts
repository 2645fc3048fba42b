// better-auth's requests from one city. Each of its three Workers has another setting for sessions.

import { get, password, post } from '../cases.ts'
import type { Report } from '../workers/journey.ts'
import type { RequestName } from './requests.ts'
import type { Traveller } from './traveller.ts'

type Reports = Partial<Record<RequestName, Report>>

const session = '/api/auth/get-session'
const page = { origin: 'https://auth.example.com' }

export async function betterAuthReports(client: Traveller, written: Traveller): Promise<Reports> {
  const { email } = client
  const signUp = await client.send(
    post('/api/auth/sign-up/email', () => ({ name: 'Ada Lovelace', email, password }), page),
  )
  await client.send(signIn(email))
  const login = await client.send(signIn(email))
  const cookie = cookiesOf(login)
  const read = await client.send(get(session, { cookie }))
  return {
    'sign-up': signUp,
    login,
    verify: read,
    me: read,
    'own sessions': await client.send(get('/api/auth/list-sessions', { cookie })),
    refresh: await refreshed(written),
    'keys (JWKS)': await client.send(get('/api/auth/jwks')),
  }
}

/** A read that writes the session. Each Worker has its own clock, so the session must be from the same Worker. */
async function refreshed(written: Traveller): Promise<Report> {
  const cookie = cookiesOf(await written.send(signIn(written.email)))
  return written.send(get(session, { cookie }))
}

/** With the cookie that holds the session for five minutes. */
export async function cachedReports(client: Traveller): Promise<Reports> {
  const cookie = cookiesOf(await client.send(signIn(client.email)))
  const read = await client.send(get(session, { cookie }))
  return { verify: read, me: read }
}

const signIn = (email: string) => post('/api/auth/sign-in/email', () => ({ email, password }), page)

const cookiesOf = ({ headers }: Report) =>
  headers
    .filter(([name]) => name === 'set-cookie')
    .map(([, value]) => value.split(';', 1)[0])
    .join('; ')
