// Gatehouse's requests from one city: a user signs up, activates, logs in, reads, refreshes and logs out.

import { get, password, post } from '../cases.ts'
import type { Report } from '../workers/journey.ts'
import type { RequestName } from './requests.ts'
import type { Traveller } from './traveller.ts'

export const staffEmail = 'staff@example.com'

const names = { first_name: 'Ada', last_name: 'Lovelace', password }

/** Seconds after which Gatehouse has forgotten a user's last write, so that a replica answers without a bookmark. */
const longAfterWrite = 130

/** @param mails the bodies of all emails that were sent */
export async function gatehouseReports(
  { email, send, runCron }: Traveller,
  mails: string[],
): Promise<Record<RequestName, Report>> {
  const login = (name: string, secret = password) =>
    post('/auth/jwt/create/', () => ({ email: name, password: secret }))
  const tokens = ({ body }: Report): { access: string; refresh: string } => JSON.parse(body)
  const bearer = (access: string) => ({ authorization: `Bearer ${access}` })

  const signUp = await send(post('/auth/users/', () => ({ ...names, email })))
  const [, uid, token] = /activate\/\?uid=([\w-]+)&token=([\w-]+)/.exec(mails.at(-1) ?? '') ?? []
  const activated = await send(post('/auth/users/activation/', () => ({ uid, token })))
  const first = await send(login(email))
  const second = await send(login(email))
  const { access, refresh } = tokens(second)
  const own = bearer(access)
  const staff = tokens(await send(login(staffEmail)))
  const justAfterWrite = await send(get('/auth/users/me/', own))
  await runCron(longAfterWrite)
  const read = (path: string) => send(get(path, own))
  const reads = {
    me: await read('/auth/users/me/'),
    'own sessions': await read('/auth/sessions/'),
    'own events': await read('/auth/users/me/events/'),
    'keys (JWKS)': await read('/.well-known/jwks.json'),
    verify: await send(post('/auth/jwt/verify/', () => ({ token: access }))),
    'staff: a page of users': await send(get('/auth/users/', bearer(staff.access))),
  }
  const refreshed = await send(post('/auth/jwt/refresh/', () => ({ refresh })))
  const newest = tokens(refreshed)
  const changed = { current_password: password, new_password: `${password} and reeds` }
  const set = post('/auth/users/set_password/', () => changed, bearer(newest.access))
  const reset = post('/auth/users/reset_password/', () => ({ email }))
  return {
    ...reads,
    'sign-up': signUp,
    activation: activated,
    'login, first of an account': first,
    login: second,
    'me, just after a write': justAfterWrite,
    refresh: refreshed,
    'login, wrong password': await send(login(email, 'a wrong password'), { expected: 401 }),
    'login, unknown user': await send(login(`no.${email}`), { expected: 401 }),
    'new password': await send(set),
    'reset email': await send(reset),
    logout: await send(post('/auth/jwt/logout/', () => ({ refresh: newest.refresh }))),
  }
}
