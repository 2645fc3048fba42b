// The fields of bodies that hold a token.

import * as v from 'valibot'
import { text, userPrimaryKey } from '../http/fields.ts'
import type { Settings } from '../settings/parse.ts'

/** A refresh token, which may come in a cookie instead. */
export const refreshFields = { refresh: v.optional(text()) }

/** A token to verify, which may come in a cookie instead. */
export const verifyFields = { token: v.optional(text()) }

export const tokenFields = { token: text() }

/** drf-jwt's BlacklistView: without a token, the one that authenticates the request. */
export const drfJwtBlacklistFields = { token: v.optional(text()) }

/** drf-jwt's ImpersonateSerializer. */
export const impersonationFields = (settings: Settings) => ({ user: userPrimaryKey(settings) })
