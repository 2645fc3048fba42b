// The deployer's own code for users and logins, besides the settings. In Django these are dotted paths: Simple
// JWT's USER_AUTHENTICATION_RULE and TOKEN_OBTAIN_SERIALIZER, and drf-jwt's JWT_PAYLOAD_HANDLER and
// JWT_RESPONSE_PAYLOAD_HANDLER. Without hooks, nothing changes.

import type { User } from './schema.ts'

export interface LoginContext {
  /** The user that logs in. */
  user: User
  /** Seconds for which the access token is valid; undefined for an authtoken key, which is valid until logout. */
  expiresIn: number | undefined
}

export interface Hooks {
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
}

/** The hooks in use. `useHooks` replaces them. */
export let hooks: Hooks = {}

export function useHooks(given: Hooks) {
  hooks = given
}

export const canAuthenticate = (user: User): boolean =>
  hooks.canAuthenticate ? hooks.canAuthenticate(user) : true

export const claimsFor = (user: User) => resultsOf(hooks.claims, user)
export const extraFieldsFor = (user: User) => resultsOf(hooks.extraUserFields, user)
export const loginResponseFor = (login: LoginContext) => resultsOf(hooks.loginResponse, login)

/** The result of each function by its name. */
const resultsOf = <T>(functions: Record<string, (subject: T) => unknown> | undefined, subject: T) =>
  Object.fromEntries(Object.entries(functions ?? {}).map(([name, make]) => [name, make(subject)]))
