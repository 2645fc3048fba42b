// The settings of both sides, by Django's names: Django reads them as its dicts, the Worker as vars. And the two stacks of
// Debian packages that the Worker is compared with.

import { rsaPkcs1, rsaPublic } from '../vectors/keys.ts'

export type Stack = 'old' | 'new'
export type VariantName =
  | 'default'
  | 'retype'
  | 'username'
  | 'rotation'
  | 'claims'
  | 'pages'
  | 'offsets'
  | 'prefix'
  | 'sliding'
  | 'pair'
  | 'languages'
  | 'spanish'
  | 'uuid'

export const stacks: Stack[] = ['old', 'new']

/** `SIMPLE_JWT_VERSION` for each stack. */
const simpleJwtVersion: Record<Stack, string> = { old: '5.2', new: '5.5' }

type Setting = string | number | boolean | string[]

export interface Variant {
  login: 'email' | 'username'
  /** Users have UUIDs as primary keys. */
  pk?: 'uuid'
  DJOSER: Record<string, Setting>
  SIMPLE_JWT: Record<string, Setting>
  /** Settings that only the newer Simple JWT has. */
  newer?: Record<string, Setting>
  cors: Record<string, Setting>
  /** URL_PREFIX, where Django mounts its urlpatterns. The paths of scenarios are below it. */
  prefix?: string
  /** Settings of REST_FRAMEWORK. */
  pagination?: { DEFAULT_PAGINATION_CLASS: string; PAGE_SIZE: number }
  /** With Django's LocaleMiddleware; variants without this have none. */
  language?: { USE_I18N: true; LANGUAGE_CODE: string }
}

export const signingKey = 'signing-key-of-the-conformance-suite-0123456789'

const appOrigin = {
  CORS_ALLOWED_ORIGINS: ['https://app.example.com', 'http://localhost:3000'],
  CORS_ALLOW_CREDENTIALS: true,
}

export const variants: Record<VariantName, Variant> = {
  default: {
    login: 'email',
    DJOSER: { SEND_ACTIVATION_EMAIL: true, SEND_CONFIRMATION_EMAIL: true },
    SIMPLE_JWT: { AUTH_HEADER_TYPES: ['Bearer', 'JWT'] },
    cors: appOrigin,
  },
  retype: {
    login: 'email',
    DJOSER: {
      USER_CREATE_PASSWORD_RETYPE: true,
      SET_PASSWORD_RETYPE: true,
      PASSWORD_RESET_CONFIRM_RETYPE: true,
      SEND_CONFIRMATION_EMAIL: true,
      PASSWORD_CHANGED_EMAIL_CONFIRMATION: true,
      SET_USERNAME_RETYPE: true,
      USERNAME_RESET_CONFIRM_RETYPE: true,
      USERNAME_CHANGED_EMAIL_CONFIRMATION: true,
      LOGOUT_ON_PASSWORD_CHANGE: true,
      HIDE_USERS: false,
    },
    SIMPLE_JWT: {},
    cors: { CORS_ALLOW_ALL_ORIGINS: true },
  },
  username: {
    login: 'username',
    DJOSER: {},
    SIMPLE_JWT: { AUTH_HEADER_TYPES: ['JWT', 'Bearer'] },
    cors: {},
  },
  rotation: {
    login: 'email',
    DJOSER: {},
    SIMPLE_JWT: {
      ROTATE_REFRESH_TOKENS: true,
      BLACKLIST_AFTER_ROTATION: true,
      UPDATE_LAST_LOGIN: true,
      ACCESS_TOKEN_LIFETIME: 3600,
      REFRESH_TOKEN_LIFETIME: 604800,
    },
    cors: appOrigin,
  },
  claims: {
    login: 'email',
    DJOSER: { USERNAME_RESET_SHOW_EMAIL_NOT_FOUND: true },
    SIMPLE_JWT: {
      AUDIENCE: 'https://api.example.com',
      ISSUER: 'https://auth.example.com',
      LEEWAY: 60,
      USER_ID_CLAIM: 'account_id',
    },
    newer: { CHECK_REVOKE_TOKEN: true },
    cors: appOrigin,
  },
  pages: {
    login: 'email',
    DJOSER: {},
    SIMPLE_JWT: {},
    cors: {},
    pagination: { DEFAULT_PAGINATION_CLASS: 'PageNumberPagination', PAGE_SIZE: 1 },
  },
  offsets: {
    login: 'email',
    DJOSER: {},
    SIMPLE_JWT: {},
    cors: {},
    pagination: { DEFAULT_PAGINATION_CLASS: 'LimitOffsetPagination', PAGE_SIZE: 2 },
  },
  prefix: {
    login: 'email',
    DJOSER: { SEND_ACTIVATION_EMAIL: true, SEND_CONFIRMATION_EMAIL: true },
    SIMPLE_JWT: { AUTH_HEADER_TYPES: ['Bearer', 'JWT'] },
    cors: appOrigin,
    prefix: '/api/v1',
    pagination: { DEFAULT_PAGINATION_CLASS: 'LimitOffsetPagination', PAGE_SIZE: 2 },
  },
  sliding: {
    login: 'email',
    DJOSER: {},
    SIMPLE_JWT: {
      AUTH_TOKEN_CLASSES: [
        'rest_framework_simplejwt.tokens.AccessToken',
        'rest_framework_simplejwt.tokens.SlidingToken',
      ],
      BLACKLIST_AFTER_ROTATION: true,
      SLIDING_TOKEN_LIFETIME: 600,
      SLIDING_TOKEN_REFRESH_LIFETIME: 7200,
    },
    newer: { CHECK_REVOKE_TOKEN: true },
    cors: {},
  },
  pair: {
    login: 'username',
    DJOSER: {},
    SIMPLE_JWT: {
      ALGORITHM: 'RS256',
      SIGNING_KEY: rsaPkcs1,
      VERIFYING_KEY: rsaPublic,
      AUTH_HEADER_NAME: 'HTTP_X_ACCESS_TOKEN',
      TOKEN_TYPE_CLAIM: 'kind',
      JTI_CLAIM: 'number',
      USER_ID_FIELD: 'username',
      USER_ID_CLAIM: 'sub',
    },
    newer: { CHECK_REVOKE_TOKEN: true, REVOKE_TOKEN_CLAIM: 'mark', CHECK_USER_IS_ACTIVE: false },
    cors: {},
  },
  languages: {
    login: 'email',
    DJOSER: {
      SEND_ACTIVATION_EMAIL: true,
      USERNAME_RESET_SHOW_EMAIL_NOT_FOUND: true,
      USER_CREATE_PASSWORD_RETYPE: true,
      SET_USERNAME_RETYPE: true,
    },
    SIMPLE_JWT: {
      AUTH_TOKEN_CLASSES: [
        'rest_framework_simplejwt.tokens.AccessToken',
        'rest_framework_simplejwt.tokens.SlidingToken',
      ],
      BLACKLIST_AFTER_ROTATION: true,
    },
    newer: { CHECK_REVOKE_TOKEN: true },
    cors: appOrigin,
    pagination: { DEFAULT_PAGINATION_CLASS: 'PageNumberPagination', PAGE_SIZE: 1 },
    language: { USE_I18N: true, LANGUAGE_CODE: 'en-us' },
  },
  spanish: {
    login: 'username',
    DJOSER: { SET_PASSWORD_RETYPE: true, SET_USERNAME_RETYPE: true },
    SIMPLE_JWT: {},
    cors: {},
    language: { USE_I18N: true, LANGUAGE_CODE: 'es-mx' },
  },
  uuid: {
    login: 'email',
    pk: 'uuid',
    DJOSER: { SEND_ACTIVATION_EMAIL: true },
    SIMPLE_JWT: {
      AUTH_TOKEN_CLASSES: [
        'rest_framework_simplejwt.tokens.AccessToken',
        'rest_framework_simplejwt.tokens.SlidingToken',
      ],
    },
    newer: { CHECK_REVOKE_TOKEN: true },
    cors: {},
  },
}

/** The settings of Django, as JSON. */
export function peerSettings(variant: Variant, stack: Stack): string {
  const simpleJwt = { SIGNING_KEY: signingKey, ...simpleJwtOf(variant, stack) }
  const { DEFAULT_PAGINATION_CLASS: name, PAGE_SIZE } = variant.pagination ?? {}
  const DEFAULT_PAGINATION_CLASS = `rest_framework.pagination.${name}`
  return JSON.stringify({
    DJOSER: variant.DJOSER,
    SIMPLE_JWT: simpleJwt,
    REST_FRAMEWORK: name ? { DEFAULT_PAGINATION_CLASS, PAGE_SIZE } : {},
    ...variant.cors,
    ...variant.language,
  })
}

/** The vars of the Worker. */
export function workerVars(variant: Variant, stack: Stack): Record<string, string> {
  const settings = {
    ...fastSettings,
    ...djangoDefaults,
    SIGNING_KEY: signingKey,
    ...variant.DJOSER,
    ...simpleJwtOf(variant, stack),
    ...variant.cors,
    ...variant.pagination,
    ...variant.language,
    URL_PREFIX: variant.prefix ?? '',
    LOGIN_FIELD: variant.login,
    USER_PK: variant.pk ?? 'id',
    SIMPLE_JWT_VERSION: simpleJwtVersion[stack],
  }
  return Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, String(value)]))
}

const fastSettings = {
  ARGON2_MEMORY_COST: 64,
  ARGON2_TIME_COST: 1,
  THROTTLE_ENABLED: false,
  MAIL_COOLDOWN: 0.001,
  MAIL_HOURLY_LIMIT: 0,
  REFRESH_TOKEN_REUSE_INTERVAL: 0,
}

/** Django's defaults of the settings that the shipped `wrangler.toml`, or development, sets otherwise. */
const djangoDefaults = {
  DATA_UPLOAD_MAX_MEMORY_SIZE: 1_048_576,
  SEND_ACTIVATION_EMAIL: false,
  LOGOUT_ON_PASSWORD_CHANGE: false,
  EMAIL_CHANGE_CONFIRMATION: false,
  SECURITY_EMAILS: [],
  CHECK_SESSION: false,
  CHECK_REVOKE_TOKEN: false,
  AUTH_HEADER_TYPES: 'Bearer',
  CORS_ALLOW_ALL_ORIGINS: false,
}

function simpleJwtOf(variant: Variant, stack: Stack): Record<string, Setting> {
  return stack === 'new' ? { ...variant.SIMPLE_JWT, ...variant.newer } : variant.SIMPLE_JWT
}
