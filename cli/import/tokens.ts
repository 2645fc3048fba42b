// Keys of authtoken and Simple JWT's blacklist, as rows of the source have them.

import { createHash } from 'node:crypto'
import type { Settings } from '../../src/settings/parse.ts'
import { timeIn } from './fields.ts'
import { type Findings, report } from './findings.ts'
import { tokens as kinds } from './kinds.ts'
import { wholeNumber } from './people.ts'
import type { Stage } from './stage.ts'

export const keyTable = 'authtoken_token'
export const outstandingTable = 'token_blacklist_outstandingtoken'
export const blacklistedTable = 'token_blacklist_blacklistedtoken'

/** The columns that are read. */
export const tokenColumns: Record<string, string[]> = {
  [keyTable]: ['pk', 'key', 'user_id', 'user', 'created'],
  [outstandingTable]: ['pk', 'id', 'user_id', 'user', 'jti', 'token', 'expires_at'],
  [blacklistedTable]: ['token_id', 'token', 'blacklisted_at'],
}

type Values = Record<string, unknown>

/** dumpdata names a reference without `_id`, and has the primary key, here the key itself, as `pk`. */
export function takeKey(values: Values, stage: Stage, findings: Findings, now: Date) {
  const key = values.key ?? values.pk
  const user = userIn(values)
  if (typeof key !== 'string' || key === '' || !user) return report(findings, kinds.unreadableKey)
  const createdAt = timeIn(values.created) ?? now.getTime()
  stage.addKey({ hash: createHash('sha256').update(key).digest('hex'), createdAt }, user)
}

export function takeOutstanding(
  values: Values,
  { tokenTypeClaim }: Settings,
  stage: Stage,
  findings: Findings,
) {
  const id = wholeNumber(values.id ?? values.pk)
  if (id === undefined) return report(findings, kinds.unreadableBlacklist)
  const user = userIn(values)
  const jti = typeof values.jti === 'string' && values.jti !== '' ? values.jti : null
  const expiresAt = timeIn(values.expires_at) ?? null
  const type = typeOf(String(values.token), tokenTypeClaim) === 'sliding' ? 'sliding' : 'refresh'
  // Of a user who was deleted, or a token that names nobody: nobody refreshes with it.
  const isOfNobody = (values.user_id ?? values.user ?? null) === null
  const isWhole = isOfNobody || user !== undefined
  stage.addOutstanding(id, { jti: isWhole ? jti : null, tokenType: type, expiresAt }, user)
}

export function takeBlacklisted(values: Values, stage: Stage, findings: Findings, now: Date) {
  const id = wholeNumber(values.token_id ?? values.token)
  if (id === undefined) return report(findings, kinds.unreadableBlacklist)
  stage.addBlacklisted(id, timeIn(values.blacklisted_at) ?? now.getTime())
}

/** By id, or by what Django's `get_by_natural_key` takes (`dumpdata --natural-foreign`): a list of it. */
export interface Reference {
  id: number | null
  name: string | null
}

function userIn(values: Values): Reference | undefined {
  const given = values.user_id ?? values.user
  const id = wholeNumber(given)
  if (id !== undefined) return { id, name: null }
  const [name, ...more] = Array.isArray(given) ? given : []
  return typeof name === 'string' && name !== '' && more.length === 0
    ? { id: null, name }
    : undefined
}

function typeOf(token: string, tokenTypeClaim: string): unknown {
  try {
    const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()
    return (JSON.parse(payload) as Record<string, unknown>)[tokenTypeClaim]
  } catch {
    return undefined
  }
}

/** What could not be matched, when all is read. */
export function reportStrays(stage: Stage, findings: Findings, now: Date) {
  const { keys, nobodys, unreadable, withoutToken } = stage.strays(now.getTime())
  if (keys > 0) report(findings, kinds.keyOfNobody, '', keys)
  if (nobodys > 0) report(findings, kinds.blacklistOfNobody, '', nobodys)
  if (unreadable > 0) report(findings, kinds.unreadableBlacklist, '', unreadable)
  if (withoutToken > 0) report(findings, kinds.blacklistWithoutToken, '', withoutToken)
}
