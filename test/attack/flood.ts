// A flood of every route that writes, from one address and one account: the rows that it leaves in each table, and those that
// remain after the cron.

import type { Sent, Setup } from './setup.ts'

export const tables = [
  'users',
  'sessions',
  'auth_tokens',
  'revoked_tokens',
  'security_events',
  'mail_outbox',
  'throttles',
] as const

export type Rows = Record<(typeof tables)[number], number>

/**
 * The rows that may be added in each minute of Cloudflare's clock, by the rate limits of wrangler.toml: 5 for sign-ups and
 * for each kind of mail, 30 for logins and links, 60 for other writes of a caller.
 */
export const maxAdded: Rows = {
  users: 5,
  sessions: 30,
  auth_tokens: 1,
  revoked_tokens: 0,
  // Logins, and the sessions that they revoke; new passwords; hourly events.
  security_events: 30 + 30 + 30 + 5,
  // Sign-ups, changes, resets and activations; notices, at most twenty a day of each kind for an account.
  mail_outbox: 5 + 5 + 5 + 5 + 2 * 20,
  // Login names; links of resets and of activations; names of sign-ups, resets and resends.
  throttles: 30 + 30 + 30 + 5 + 5 + 5 + 3,
}

const times = 100

interface Flooder {
  email: string
  ip: string
  access: string
  refresh: string
}

/** Requests to every route, in turn, so that no single route uses up a shared limit. */
export function flood({ email, ip, access, refresh }: Flooder, password: string): Sent[] {
  const unknown = (kind: string, n: number) => `${kind}${n}@flood.example.com`
  const uid = (n: number) => btoa(String(1_000_000 + n)).replaceAll('=', '')
  const own = { ip, token: access }
  const requests: ((n: number) => Omit<Sent, 'ip'>)[] = [
    (n) => ({ path: '/auth/users/', body: signUpBody(unknown('sign-up', n), password) }),
    (n) => ({ path: '/register/', body: signUpBody(unknown('register', n), password) }),
    (n) => ({ path: '/auth/users/activation/', body: { uid: uid(n), token: 'x' } }),
    (n) => ({ path: '/auth/users/resend_activation/', body: { email: unknown('sign-up', n) } }),
    (n) => ({
      path: '/auth/users/reset_password/',
      body: { email: n % 2 ? email : unknown('a', n) },
    }),
    (n) => ({ path: '/auth/users/reset_email/', body: { email: n % 2 ? email : unknown('b', n) } }),
    (n) => ({
      path: '/auth/users/reset_password_confirm/',
      body: { uid: uid(n), token: 'x', new_password: 'a flock of geese' },
    }),
    (n) => ({
      path: '/auth/users/reset_email_confirm/',
      body: { uid: uid(n), token: 'x', new_email: unknown('c', n) },
    }),
    (n) => ({ path: '/auth/users/set_email_confirm/', body: { uid: uid(n), token: 'x' } }),
    (n) => ({ path: '/auth/jwt/create/', body: { email: unknown('guessed', n), password } }),
    () => ({ path: '/auth/jwt/create/', body: { email, password } }),
    () => ({ path: '/api/token/', body: { email, password } }),
    () => ({ path: '/auth/token/login/', body: { email, password } }),
    () => ({ path: '/api-token-auth/', body: { username: email, password } }),
    () => ({ path: '/auth/jwt/refresh/', body: { refresh } }),
    () => ({ path: '/api/token/refresh/', body: { refresh } }),
    () => ({ method: 'DELETE', path: '/auth/sessions/', ...own }),
    () => ({ method: 'DELETE', path: '/auth/sessions/0/', ...own }),
    (n) => ({ method: 'PATCH', path: '/auth/users/me/', body: { first_name: `A${n}` }, ...own }),
    (n) => ({
      path: '/auth/users/set_email/',
      body: { current_password: password, new_email: unknown('new', n) },
      ...own,
    }),
    () => ({
      path: '/auth/users/set_password/',
      body: { current_password: password, new_password: password },
      ...own,
    }),
    () => ({ path: '/auth/token/logout/', ...own }),
    () => ({ path: '/auth/jwt/logout/', body: { refresh: 'x' } }),
    () => ({ path: '/api/token/blacklist/', body: { refresh: 'x' } }),
    () => ({
      method: 'DELETE',
      path: '/auth/users/me/',
      body: { current_password: 'a wrong one' },
      ...own,
    }),
  ]
  return Array.from({ length: times }, (_, n) => n).flatMap((n) =>
    requests.map((request) => ({ ...request(n), ip })),
  )
}

const signUpBody = (email: string, password: string) => ({
  email,
  password,
  first_name: 'Ada',
  last_name: 'Lovelace',
})

export async function rowsIn({ query }: Setup): Promise<Rows> {
  const counts = tables.map((table) => `(select count(*) from ${table}) as ${table}`)
  const [rows] = await query(`select ${counts.join(', ')}`)
  return rows as unknown as Rows
}

/** Runs the cron once a minute for so many minutes. */
export async function clean({ scheduled }: Setup, at: number, minutes = 1) {
  for (let minute = 0; minute < minutes; minute++) await scheduled(at + minute * 60_000)
}
