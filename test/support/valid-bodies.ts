// A valid body for each endpoint that takes one. A test then makes one field invalid.

import { loggedIn, newEmail, password } from './people.ts'

export const common = {
  DATA_UPLOAD_MAX_MEMORY_SIZE: 1_048_576,
  THROTTLE_ENABLED: 'false',
  SIGNUP_ROLES: 'user,guest',
  USER_CREATE_PASSWORD_RETYPE: 'true',
  SET_PASSWORD_RETYPE: 'true',
  PASSWORD_RESET_CONFIRM_RETYPE: 'true',
  SET_USERNAME_RETYPE: 'true',
  USERNAME_RESET_CONFIRM_RETYPE: 'true',
  REGISTER: 'true',
  REGISTER_ERROR_STATUS: '400',
}
const open = { ...common, SEND_ACTIVATION_EMAIL: 'false', EMAIL_CHANGE_CONFIRMATION: 'false' }

/** A superuser that has just logged in. */
export async function someone(more = {}) {
  // Only a superuser may impersonate; the fields of other callers are not read.
  const user = await loggedIn({ ...open, ...more }, { username: true, superuser: true })
  return { ...user, uid: btoa(String(user.id)).replace(/=+$/, '') }
}
export type Someone = Awaited<ReturnType<typeof someone>>

const names = () => ({ first_name: 'Bad', last_name: 'Input' })
const current = () => ({ current_password: password })
const address = () => ({ email: newEmail() })
const logIn = ({ email }: Someone) => ({ email, password })
const refresh = (me: Someone) => ({ refresh: me.refresh })
const token = (me: Someone) => ({ token: me.refresh })
const link = ({ uid }: Someone) => ({ uid, token: 'cxx2xc-00000000000000000000000000000000' })
const changed = { new_password: 'a flock of geese', re_new_password: 'a flock of geese' }

type Endpoint = [
  method: string,
  path: string,
  valid: (me: Someone) => Record<string, unknown>,
  more?: Record<string, string>,
]
const newEmailTwice = () => twice('email', newEmail())
const newNameTwice = () => twice('username', `name${Math.random().toString(36).slice(2)}`)
const twice = (field: string, name: string) => ({
  [`new_${field}`]: name,
  [`re_new_${field}`]: name,
})
const provenFirst = { EMAIL_CHANGE_CONFIRMATION: 'true' }
const byName = { LOGIN_FIELD: 'username' }
const drfJwt = { DRF_JWT: 'true', DRF_JWT_PACKAGE: 'drf-jwt' }
export const signUp = () => ({ ...names(), ...address(), password, re_password: password })
export const endpoints: Endpoint[] = [
  ['POST', '/auth/users/', signUp],
  ['POST', '/register/', signUp],
  ['PUT', '/auth/users/me/', names],
  ['PATCH', '/auth/users/me/', names],
  ['DELETE', '/auth/users/me/', current],
  ['PUT', '/auth/users/:id/', names],
  ['PATCH', '/auth/users/:id/', names],
  ['DELETE', '/auth/users/:id/', current],
  ['POST', '/auth/users/activation/', link],
  ['POST', '/auth/users/resend_activation/', address],
  ['POST', '/auth/users/set_password/', () => ({ ...current(), ...changed })],
  ['POST', '/auth/users/reset_password/', address],
  ['POST', '/auth/users/reset_password_confirm/', (me) => ({ ...link(me), ...changed })],
  ['POST', '/auth/users/set_email/', () => ({ ...current(), ...newEmailTwice() })],
  ['POST', '/auth/users/reset_email/', address],
  ['POST', '/auth/users/reset_email_confirm/', (me) => ({ ...link(me), ...newEmailTwice() })],
  ['POST', '/auth/users/set_email_confirm/', link, provenFirst],
  ['POST', '/auth/users/set_username/', () => ({ ...current(), ...newNameTwice() }), byName],
  ['POST', '/auth/users/reset_username/', address, byName],
  [
    ...(['POST', '/auth/users/reset_username_confirm/'] as const),
    (me) => ({ ...link(me), ...newNameTwice() }),
    byName,
  ],
  ['POST', '/auth/jwt/create/', logIn],
  ['POST', '/api/token/', logIn],
  ['POST', '/auth/jwt/refresh/', refresh],
  ['POST', '/api/token/refresh/', refresh],
  ['POST', '/auth/jwt/verify/', token],
  ['POST', '/api/token/verify/', token],
  ['POST', '/api/token/blacklist/', refresh],
  ['POST', '/auth/token/login/', logIn],
  ['POST', '/api-token-auth/', ({ email }) => ({ username: email, password })],
  ['POST', '/api-token-auth/', logIn, drfJwt],
  ['POST', '/api-token-verify/', token, drfJwt],
  ['POST', '/api-token-refresh/', token, drfJwt],
  ['POST', '/auth/impersonate/', ({ id }) => ({ user: id }), drfJwt],
  ['POST', '/auth/logout/', token, drfJwt],
  ['POST', '/auth/jwt/logout/', refresh],
  ['POST', '/api/token/sliding/', logIn],
  ['POST', '/api/token/sliding/refresh/', token],
]
export const bodiless = [
  'POST /auth/token/logout/',
  'DELETE /auth/sessions/',
  'DELETE /auth/sessions/:id/',
  'POST /auth/users/:id/disable/',
  'POST /auth/users/:id/enable/',
]
export const pages: Endpoint[] = [
  ['POST', '/activate/', link],
  ['POST', '/reset-password/', (me) => ({ ...link(me), ...changed })],
  ['POST', '/change-email/', link],
  ['POST', '/activate/again/', ({ email }) => ({ email })],
  ['POST', '/reset-password/again/', ({ email }) => ({ email })],
  ['POST', '/reset-username/', (me) => ({ ...link(me), new_name: newEmail() })],
]
