// The deployer's own code for users and logins, besides the settings. In Django these are dotted paths: Simple
// JWT's USER_AUTHENTICATION_RULE and TOKEN_OBTAIN_SERIALIZER, and drf-jwt's JWT_PAYLOAD_HANDLER and
// JWT_RESPONSE_PAYLOAD_HANDLER. As shipped, the hooks change nothing.

import type { User } from './schema.ts'

/**
 * Whether an active account may log in. It is called at each login and refresh, and wherever a token authenticates a
 * request. If it returns false, the answer is that of a disabled account. Where a refresh token works once
 * (BLACKLIST_AFTER_ROTATION), a refresh that it rejects ends the session.
 */
export const canAuthenticate = (_user: User): boolean => true

/**
 * Extra claims in every JWT of a user, by name. Each function must return a JSON value, and is called again at each
 * refresh. The name must not be a registered claim, one of Gatehouse's claims or a column of the account, because a reader
 * of the token would confuse the two.
 */
export const claims: Record<string, (user: User) => unknown> = {}

export interface LoginContext {
  /** The user that logs in. */
  user: User
  /** Seconds for which the access token is valid; undefined for an authtoken key, which is valid until logout. */
  expiresIn: number | undefined
}

/** Extra keys of the answer to a login, by name. The name must not be that of a token or of a column of the account. */
export const loginResponse: Record<string, (login: LoginContext) => unknown> = {}

/**
 * Computed fields of a user (REST framework's SerializerMethodField), by name. They come last wherever an answer shows
 * a user. The name must not be a field of the user model.
 */
export const extraUserFields: Record<string, (user: User) => unknown> = {}

export const claimsFor = (user: User) => resultsOf(claims, user)
export const extraFieldsFor = (user: User) => resultsOf(extraUserFields, user)
export const loginResponseFor = (login: LoginContext) => resultsOf(loginResponse, login)

/** The result of each hook by its name. */
const resultsOf = <T>(hooks: Record<string, (subject: T) => unknown>, subject: T) =>
  Object.fromEntries(Object.entries(hooks).map(([name, hook]) => [name, hook(subject)]))
