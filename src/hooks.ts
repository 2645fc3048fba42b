// What a deployer may decide about logging in, beside the settings: what are dotted paths in Simple JWT
// (USER_AUTHENTICATION_RULE, TOKEN_OBTAIN_SERIALIZER) and drf-jwt (JWT_PAYLOAD_HANDLER,
// JWT_RESPONSE_PAYLOAD_HANDLER) are these three. Shipped, they change nothing.

import type { User } from './schema.ts'

/**
 * Whether an active account may come in. Asked at each log-in and refresh, and wherever a request is let
 * in by token; the answer is then that of a disabled account. Where a refresh token works once
 * (BLACKLIST_AFTER_ROTATION), a refresh that is refused ends its session.
 */
export const canAuthenticate = (_user: User): boolean => true

/**
 * Claims of one's own in every JWT of a user, by name; each must give what JSON can hold. They are made anew
 * at each refresh. No name may be a registered claim's, one of ours or an account's column: whoever reads
 * the token would take it for that.
 */
export const claims: Record<string, (user: User) => unknown> = {}

/** Who logs in, and for how many seconds his access token is good; an authtoken key is good until logout. */
export interface LoginContext {
  user: User
  expiresIn: number | undefined
}

/** Further keys of the answer to a log-in, by name; none may be a token's or an account's column's. */
export const loginResponse: Record<string, (logIn: LoginContext) => unknown> = {}

/**
 * Fields of a user that are made and not stored (REST framework's SerializerMethodField), by name: shown
 * last wherever a user is shown. None may be a field's of the model.
 */
export const extraUserFields: Record<string, (user: User) => unknown> = {}

/** What the functions above make of a user. */
export const claimsFor = (user: User) => resultsOf(claims, user)
export const extraFieldsFor = (user: User) => resultsOf(extraUserFields, user)
export const loginResponseFor = (logIn: LoginContext) => resultsOf(loginResponse, logIn)

const resultsOf = <T>(functions: Record<string, (about: T) => unknown>, about: T) =>
  Object.fromEntries(Object.entries(functions).map(([name, answer]) => [name, answer(about)]))
