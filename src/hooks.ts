// The deployer's own code for users and logins, besides the settings. In Django these are dotted paths and signals: Simple
// JWT's USER_AUTHENTICATION_RULE and TOKEN_OBTAIN_SERIALIZER, drf-jwt's JWT_PAYLOAD_HANDLER and
// JWT_RESPONSE_PAYLOAD_HANDLER, Django's user_logged_in and user_login_failed. Without hooks, nothing changes.

import type { SQL } from 'drizzle-orm'
import type { SQLiteTable } from 'drizzle-orm/sqlite-core'
import type { Env } from './bindings.ts'
import type { Database } from './db.ts'
import type { RequestInfo } from './request-info.ts'
import type { User } from './schema.ts'
import type { RowSql, Statement } from './statements.ts'
import type { FieldName } from './user-model.ts'

export interface LoginContext {
  /** The user that logs in. */
  user: User
  /** Seconds for which the access token is valid; undefined for an authtoken key, which is valid until logout. */
  expiresIn: number | undefined
}

/** JSON Schema, version 2020-12. */
export type JsonSchema = Readonly<Record<string, unknown>>

/** What a hook may use besides its subject. */
interface HookContext<Bindings extends Env> {
  db: Database
  env: Bindings
  /** The time of the request, and the client that sent it. */
  request: RequestInfo
}

/** A user without the password hash. */
export type UserWithoutHash = Omit<User, 'password'>

/** A sign-up whose fields are valid. */
export interface SignUpRequest<Bindings extends Env = Env> extends HookContext<Bindings> {
  /** The valid fields, with the login and without the password. The domain of the email is in lower case. */
  fields: Readonly<{ email?: string; username?: string } & Partial<Pick<User, FieldName>>>
  /** What else the body has, as it was sent: an invitation's code, for example. It has no password. */
  extra: Readonly<Record<string, unknown>>
  /** The caller, if the request has a credential: staff that create an account, for example. */
  caller: UserWithoutHash | undefined
}

/** REST framework's errors by field, and under `non_field_errors` those of the whole body. */
export type FieldErrors = Record<string, string[]>

export interface SignUpCondition {
  /** SQL: a condition on tables of your own. */
  condition: SQL
  /** The answer if the condition does not hold. */
  errors: FieldErrors
}

/** The account of a sign-up, for statements of the batch that makes it. */
export interface NewAccount {
  /** SQL: its id; null if it was not made. */
  id: SQL<number>
  /** SQL: whether it was made. */
  exists: SQL
  /** Inserts a row if the account was made. It inserts nothing if a row with the same key exists. */
  insert<T extends SQLiteTable>(table: T, row: RowSql<T>): Statement
}

export interface SignUpDecision {
  /** Refuse the sign-up, if there are any. */
  errors?: FieldErrors | undefined
  /** Values of the user model's fields. They replace what was sent. No request needs to be able to write these fields. */
  fields?: Partial<Pick<User, FieldName>> | undefined
  /** The account is made only if this holds in the batch that makes it. */
  onlyIf?: SignUpCondition | undefined
  /**
   * Statements for that batch, after the account. Each must depend on `account.exists`, and must have the same effect if
   * it runs twice.
   */
  statements?(account: NewAccount): Statement[]
}

/** What a login issues: the pair of a session, an authtoken key, or a token without a row. */
export type LoginKind = 'session' | 'authtoken' | 'sliding' | 'drf-jwt'

export interface SuccessfulLogin<Bindings extends Env = Env> extends HookContext<Bindings> {
  user: UserWithoutHash
  kind: LoginKind
}

export interface FailedLogin<Bindings extends Env = Env> extends HookContext<Bindings> {
  /** The login name as it was sent. It may belong to no account, and may be a password that was typed into the wrong field. */
  login: string
}

export interface Hooks<Bindings extends Env = Env> {
  /**
   * Whether an active account may log in. It is called at each login and refresh, and wherever a token authenticates a
   * request. If it returns false, the answer is that of a disabled account. Where a refresh token works once
   * (BLACKLIST_AFTER_ROTATION), a refresh that it rejects ends the session.
   */
  canAuthenticate?(user: User): boolean
  /**
   * Extra claims in every JWT of a user, by name. Each function must return a JSON value, and is called again at each
   * refresh. The name must not be a registered claim, one of Gatehouse's claims or a column of the account, because a
   * reader of the token would confuse the two.
   */
  claims?: Record<string, (user: User) => unknown>
  /** Extra keys of the answer to a login, by name. The name must not be that of a token or of a column of the account. */
  loginResponse?: Record<string, (login: LoginContext) => unknown>
  /**
   * Computed fields of a user (REST framework's SerializerMethodField), by name. They come last wherever an answer shows
   * a user. The name must not be a field of the user model.
   */
  extraUserFields?: Record<string, (user: User) => unknown>
  /**
   * JSON Schema of what the functions above return, by their names, for the OpenAPI document. Without one, a client must
   * expect any JSON.
   */
  schemas?: Partial<
    Record<'claims' | 'loginResponse' | 'extraUserFields', Record<string, JsonSchema>>
  >
  /**
   * Decides each sign-up, whichever route receives it, once the fields are valid and before anything is written. It returns
   * errors to refuse the sign-up, or what the account gets besides the fields that were sent. If it throws, the answer is 500.
   */
  beforeSignUp?(
    signUp: SignUpRequest<Bindings>,
  ): SignUpDecision | undefined | Promise<SignUpDecision | undefined>
  /**
   * Called after the response to a login (Django's user_logged_in), at most once. What it throws is logged.
   */
  onLoginSuccess?(login: SuccessfulLogin<Bindings>): unknown
  /**
   * Called after the response to a failed login (Django's user_login_failed), at most once, whether or not the account
   * exists. What it throws is logged.
   */
  onLoginFailure?(attempt: FailedLogin<Bindings>): unknown
}

/** The hooks in use. `useHooks` replaces them. */
export let hooks: Hooks = {}

export function useHooks(given: Hooks) {
  hooks = given
}

export function withoutHash({ password: _, ...user }: User): UserWithoutHash {
  return user
}

export const canAuthenticate = (user: User): boolean =>
  hooks.canAuthenticate ? hooks.canAuthenticate(user) : true

export const claimsFor = (user: User) => resultsOf(hooks.claims, user)
export const extraFieldsFor = (user: User) => resultsOf(hooks.extraUserFields, user)
export const loginResponseFor = (login: LoginContext) => resultsOf(hooks.loginResponse, login)

/** The result of each function by its name. */
const resultsOf = <T>(functions: Record<string, (subject: T) => unknown> | undefined, subject: T) =>
  Object.fromEntries(Object.entries(functions ?? {}).map(([name, make]) => [name, make(subject)]))
