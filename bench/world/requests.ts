// The requests that each system gets, as far as it has them.

export const requests = [
  'verify',
  'me',
  'me, just after a write',
  'own sessions',
  'refresh',
  'login',
  'sign-up',
  'staff: a page of users',
] as const

/** Of Gatehouse alone, for the rows that each reads and writes. */
export const furtherRequests = [
  'keys (JWKS)',
  'own events',
  'login, first of an account',
  'login, wrong password',
  'login, unknown user',
  'logout',
  'new password',
  'activation',
  'reset email',
] as const

export type RequestName = (typeof requests)[number] | (typeof furtherRequests)[number]
