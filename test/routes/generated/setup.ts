// The configurations that requests go to, and in each of them a caller that sends them.

import { env } from 'cloudflare:workers'
import { client } from '../../support/api.ts'
import { newEmail, password } from '../../support/people.ts'

const every = {
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
  plain: every,
  strict: {
    ...every,
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
    ...every,
    ...pages,
    DEFAULT_PAGINATION_CLASS: 'PageNumberPagination',
    DRF_JWT: true,
    DRF_JWT_PACKAGE: 'drf-jwt',
    JWT_AUTH_COOKIE: 'jwt',
    JWT_IMPERSONATION_COOKIE: 'imp',
  },
  byName: {
    ...every,
    ...pages,
    DEFAULT_PAGINATION_CLASS: 'LimitOffsetPagination',
    LOGIN_FIELD: 'username',
    EMAIL_CHANGE_CONFIRMATION: true,
  },
} satisfies Record<string, Record<string, unknown>>

export type Configuration = keyof typeof configurations

export type World = Awaited<ReturnType<typeof newWorld>>

/** A superuser with a token of each kind, a link, and another user to act on. */
export async function newWorld(configuration: Configuration) {
  const api = client(configurations[configuration])
  const [me, other] = [await signUp(api), await signUp(api)]
  await env.DB.prepare('update users set is_staff = 1, is_superuser = 1 where id = ?')
    .bind(me.id)
    .run()
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
    username: me.username,
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

async function signUp(api: ReturnType<typeof client>) {
  const someone = { email: newEmail(), username: crypto.randomUUID() }
  const names = { first_name: 'Ada', last_name: 'Lovelace' }
  const { body } = await api.post('/auth/users/', {
    ...someone,
    ...names,
    password,
    re_password: password,
  })
  return { ...someone, id: Number(body.id) }
}
