// Auth.js renews the session here, where it can set its cookie.

export { auth as proxy } from './auth.ts'

export const config = { matcher: '/((?!api|_next/).*)' }
