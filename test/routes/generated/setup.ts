// The configurations that requests are sent to, and for each a user that sends them.

import { env } from 'cloudflare:workers'
import { client } from '../../support/api.ts'
import { password, person } from '../../support/people.ts'

const shared = {
  THROTTLE_ENABLED: false,
  MAIL_COOLDOWN: 1,
  REGISTER: true,
  SIGNUP_ROLES: 'driver',
  EMAIL_CHANGE_CONFIRMATION: false,
  SEND_ACTIVATION_EMAIL: false,
  AUTH_HEADER_TYPES: 'Bearer,JWT',
}
const pages = { DEFAULT_FILTER_BACKENDS: 'SearchFilter,OrderingFilter', PAGE_SIZE: 5 }

export const configurations = {
  plain: shared,
  strict: {
    ...shared,
    ROTATE_REFRESH_TOKENS: true,
    BLACKLIST_AFTER_ROTATION: true,
    CHECK_SESSION: true,
    CHECK_REVOKE_TOKEN: true,
    AUTH_TOKEN_CLASSES: 'AccessToken,SlidingToken',
    USER_CREATE_PASSWORD_RETYPE: true,
    SET_PASSWORD_RETYPE: true,
    SET_USERNAME_RETYPE: true,
    EMAIL_CHANGE_CONFIRMATION: true,
    PASSWORD_RESET_SHOW_EMAIL_NOT_FOUND: true,
    SIMPLE_JWT_VERSION: '5.5',
    UPDATE_LAST_LOGIN: true,
    USE_I18N: true,
  },
  drfJwt: {
    ...shared,
    ...pages,
    DEFAULT_PAGINATION_CLASS: 'PageNumberPagination',
    DRF_JWT: true,
    DRF_JWT_PACKAGE: 'drf-jwt',
    JWT_AUTH_COOKIE: 'jwt',
    JWT_IMPERSONATION_COOKIE: 'imp',
  },
  byName: {
    ...shared,
    ...pages,
    DEFAULT_PAGINATION_CLASS: 'LimitOffsetPagination',
    LOGIN_FIELD: 'username',
    EMAIL_CHANGE_CONFIRMATION: true,
  },
} satisfies Record<string, Record<string, unknown>>

export type Configuration = keyof typeof configurations

export type Setup = Awaited<ReturnType<typeof setUp>>

/** A superuser with a token of each kind and a link, and another user to act on. */
export async function setUp(configuration: Configuration) {
  const api = client(configurations[configuration])
  const me = await person({}, { api, username: true, superuser: true })
  const other = await person({}, { api, username: true })
  const login = { email: me.email, username: me.username, password }
  const post = async (path: string) => (await api.post(path, login)).body
  await api.post('/auth/users/reset_password/', { email: me.email })
  const mail = await env.DB.prepare('select uid, token from dev_mailbox where recipient = ?')
    .bind(me.email)
    .first<{ uid: string; token: string }>()
  const { access, refresh } = await post('/auth/jwt/create/')
  const own: Record<string, string> = {
    email: me.email,
    EMAIL: me.email.toUpperCase(),
    username: String(me.username),
    password,
    id: `${me.id}`,
    other: `${other.id}`,
    access,
    refresh,
    uid: mail?.uid ?? '',
    link: mail?.token ?? '',
    sliding: (await post('/api/token/sliding/')).token,
    key: (await post('/auth/token/login/')).auth_token,
    drf: (await post('/api-token-auth/')).token,
  }
  return { api, own }
}
