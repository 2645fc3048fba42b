// Adds rows of authtoken's keys and of Simple JWT's blacklist to the stage.

import { createHash } from 'node:crypto'
import type { Settings } from '../../src/settings/parse.ts'
import { parseTime } from './fields.ts'
import { type Findings, report } from './findings.ts'
import { uuidIn, wholeNumber } from './imported-user.ts'
import { tokens as kinds } from './kinds.ts'
import type { Stage } from './stage.ts'

export const keyTable = 'authtoken_token'
export const outstandingTable = 'token_blacklist_outstandingtoken'
export const blacklistedTable = 'token_blacklist_blacklistedtoken'

/** The columns to read, by table. */
export const tokenColumns: Record<string, string[]> = {
  [keyTable]: ['pk', 'key', 'user_id', 'user', 'created'],
  [outstandingTable]: ['pk', 'id', 'user_id', 'user', 'jti', 'token', 'expires_at'],
  [blacklistedTable]: ['token_id', 'token', 'blacklisted_at'],
}

type Values = Record<string, unknown>

/** dumpdata names the foreign key `user` instead of `user_id`, and writes the key itself as `pk`, the primary key. */
export function addKey(values: Values, stage: Stage, findings: Findings, now: Date) {
  const key = values.key ?? values.pk
  const user = userReference(values, stage)
  if (typeof key !== 'string' || key === '' || !user) return report(findings, kinds.unreadableKey)
  const createdAt = parseTime(values.created) ?? now.getTime()
  stage.addKey({ hash: createHash('sha256').update(key).digest('hex'), createdAt }, user)
}

export function addOutstandingToken(
  values: Values,
  { tokenTypeClaim }: Settings,
  stage: Stage,
  findings: Findings,
) {
  const id = wholeNumber(values.id ?? values.pk)
  if (id === undefined) return report(findings, kinds.unreadableBlacklist)
  const user = userReference(values, stage)
  const jti = typeof values.jti === 'string' && values.jti !== '' ? values.jti : null
  const expiresAt = parseTime(values.expires_at) ?? null
  const type = typeOf(String(values.token), tokenTypeClaim) === 'sliding' ? 'sliding' : 'refresh'
  // A token whose user was deleted or never named cannot be refreshed, so it is readable without a user.
  const hasNoUser = (values.user_id ?? values.user ?? null) === null
  const isReadable = hasNoUser || user !== undefined
  stage.addOutstanding(id, { jti: isReadable ? jti : null, tokenType: type, expiresAt }, user)
}

export function addBlacklistedToken(values: Values, stage: Stage, findings: Findings, now: Date) {
  const id = wholeNumber(values.token_id ?? values.token)
  if (id === undefined) return report(findings, kinds.unreadableBlacklist)
  stage.addBlacklisted(id, parseTime(values.blacklisted_at) ?? now.getTime())
}

/** A user by id, or by the natural key that `dumpdata --natural-foreign` writes: a list with one name. */
export interface Reference {
  /** The number by which the stage knows the user. */
  id: number | null
  name: string | null
}

function userReference(values: Values, stage: Stage): Reference | undefined {
  const given = values.user_id ?? values.user
  const id = stage.byUuid ? numberOf(given, stage) : wholeNumber(given)
  if (id !== undefined) return { id, name: null }
  const [name, ...more] = Array.isArray(given) ? given : []
  return typeof name === 'string' && name !== '' && more.length === 0
    ? { id: null, name }
    : undefined
}

function numberOf(given: unknown, stage: Stage): number | undefined {
  const uuid = uuidIn(given)
  return uuid === undefined ? undefined : stage.numberOf(uuid)
}

function typeOf(token: string, tokenTypeClaim: string): unknown {
  try {
    const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()
    return (JSON.parse(payload) as Record<string, unknown>)[tokenTypeClaim]
  } catch {
    return undefined
  }
}

/** Reports tokens without a user, after the whole source was read. */
export function reportUnmatchedTokens(stage: Stage, findings: Findings, now: Date) {
  const { keys, tokens, unreadable, withoutToken } = stage.countUnmatched(now.getTime())
  if (keys > 0) report(findings, kinds.keyWithoutUser, '', keys)
  if (tokens > 0) report(findings, kinds.blacklistWithoutUser, '', tokens)
  if (unreadable > 0) report(findings, kinds.unreadableBlacklist, '', unreadable)
  if (withoutToken > 0) report(findings, kinds.blacklistWithoutToken, '', withoutToken)
}
