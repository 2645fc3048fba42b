// The queries of a Django in the primary's city, counted in one request of each kind. Its answer takes the client's round trip to
// that city, and each query a short one to the database beside it.

import { get, password, post } from '../cases.ts'
import type { Chain } from '../load.ts'
import type { RequestName } from './requests.ts'

export type Queries = Partial<Record<RequestName, number>>

export async function djangoQueries(origin: string): Promise<Queries> {
  const send = async ({ method, path, headers, body }: Chain) => {
    const json = body && { 'content-type': 'application/json' }
    const init = { method, headers: { ...headers, ...json }, ...(body && { body: body() }) }
    const answer = await fetch(origin + path, init)
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`)
    return { queries: Number(answer.headers.get('x-bench-queries')), body: await answer.json() }
  }
  const email = 'django@example.com'
  const user = { first_name: 'Ada', last_name: 'Lovelace', email, password }
  const login = () => send(post('/auth/jwt/create/', () => ({ email, password })))

  const signUp = await send(post('/auth/users/', () => user))
  await login()
  const { body, queries } = await login()
  const { access, refresh } = body as { access: string; refresh: string }
  const own = { authorization: `Bearer ${access}` }
  const me = await send(get('/auth/users/me/', own))
  const verify = await send(post('/auth/jwt/verify/', () => ({ token: access })))
  const refreshed = await send(post('/auth/jwt/refresh/', () => ({ refresh })))
  const list = await send(get('/auth/users/', own))
  return {
    'sign-up': signUp.queries,
    login: queries,
    me: me.queries,
    verify: verify.queries,
    refresh: refreshed.queries,
    'staff: a page of users': list.queries,
  }
}
