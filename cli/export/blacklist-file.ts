// Writes Simple JWT's blacklist.

import { everyRow } from '../database.ts'
import { progress } from '../import/progress.ts'
import { count } from '../numbers.ts'
import {
  blacklistedTokens,
  openActiveSessions,
  revokedRows,
  selectRevoked,
  selectSessions,
} from './blacklist.ts'
import { openFixture } from './fixture.ts'
import { type ExportRun, reportLeftOut } from './run.ts'

/** @returns the name of the file */
export async function writeBlacklist(run: ExportRun): Promise<string> {
  const { options, settings, counts, findings, now } = run
  const { where, maxUsedTokens } = options
  const file = openFixture(options.out, 'token_blacklist', options.format)
  if (settings.jtiClaim === '') {
    console.log('No token is blacklisted: without JTI_CLAIM, tokens have no id.')
    file.close()
    return file.name
  }
  const bar = progress('tokens')
  const active = openActiveSessions(run.directory)
  let read = 0
  for await (const session of everyRow(where, selectSessions(counts.highestId, settings, now))) {
    const { rows, leftOut } = await blacklistedTokens(session, settings, maxUsedTokens, active)
    for (const row of rows) file.add(row)
    if (leftOut > 0) {
      const what = `a used refresh token, older than ${maxUsedTokens} others of its session`
      reportLeftOut(findings, what, '', leftOut)
    }
    bar.advance(++read / counts.sessions)
  }
  // The denylist comes after the sessions: a session decides whether the token that started it is still valid.
  for await (const token of everyRow(where, selectRevoked(counts.highestId, settings, now))) {
    for (const row of await revokedRows(token, settings, active)) file.add(row)
  }
  active.close()
  bar.clear()
  file.close()
  console.log(`Blacklisted ${count(file.rows() / 2, 'refresh token')}, for Simple JWT.`)
  return file.name
}
