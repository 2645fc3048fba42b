// Reads the files into the stage, and looks at what is there as a whole.

import { createHash } from 'node:crypto'
import type { Settings } from '../../src/settings.ts'
import { refuse } from '../refuse.ts'
import { timeIn } from './fields.ts'
import { type Findings, find } from './findings.ts'
import { type Model, type Person, personIn, wholeNumber } from './people.ts'
import type { Row } from './rows.ts'
import { rowsOf } from './source.ts'
import type { Stage } from './stage.ts'
import { longestStatement, valuesOf } from './statements.ts'

const keyTable = 'authtoken_token'
const outstandingTable = 'token_blacklist_outstandingtoken'
const blacklistedTable = 'token_blacklist_blacklistedtoken'

export async function collect(
  files: string[],
  users: string,
  model: Model,
  stage: Stage,
  findings: Findings,
  advance: (part: number) => void,
) {
  const wanted = [users, keyTable, outstandingTable, blacklistedTable]
  const seen = new Set<string>()
  for (const [index, file] of files.entries()) {
    const reading = {
      file,
      isWanted: (table: string) => wanted.includes(table),
      found: (table: string) => seen.add(table),
      advance: (part: number) => advance((index + part) / files.length),
    }
    try {
      for await (const row of rowsOf(reading, users)) take(row, users, model, stage, findings)
    } catch (error) {
      refuse(`${file}: ${(error as Error).message}`)
    }
  }
  if (!seen.has(users)) {
    const others = [...seen].filter((table) => /^\w*user\w*$/.test(table)).join(', ')
    refuse(`There is no ${users}${others && `, but ${others}`}. Name the model with --user-model.`)
  }
  findDoubles(model.settings, stage, findings)
  const { strayKeys } = stage.counts()
  if (strayKeys > 0) find(findings, 'left out', 'an authtoken key of nobody', '', strayKeys)
}

function take(row: Row, users: string, model: Model, stage: Stage, findings: Findings) {
  const { table, values } = row
  if (table === users) takePerson(values, model, stage, findings)
  else if (table === keyTable) takeKey(values, stage, model.now)
  else if (table === outstandingTable) takeOutstanding(values, model.settings, stage)
  else takeBlacklisted(values, stage, model.now)
}

function takePerson(
  values: Record<string, unknown>,
  model: Model,
  stage: Stage,
  findings: Findings,
) {
  const person = personIn(values, model)
  if (typeof person === 'string') {
    return find(findings, 'left out', person, String(values[model.fields.id ?? 'id'] ?? values.pk))
  }
  const example = String(person.id)
  for (const remark of person.remarks) find(findings, 'imported', remark, example)
  if (isTooLong(person))
    return find(findings, 'left out', 'more than D1 takes in a statement', example)
  if (!stage.add(person)) find(findings, 'left out', 'an id that another row has', example)
}

const isTooLong = ({ row }: Person) => valuesOf(row).length > longestStatement - 1000

/** dumpdata names a reference without `_id`, and has the primary key, here the key itself, as `pk`. */
function takeKey(values: Record<string, unknown>, stage: Stage, now: Date) {
  const key = values.key ?? values.pk
  const userId = wholeNumber(values.user_id ?? values.user)
  if (typeof key !== 'string' || userId === undefined) return
  const createdAt = timeIn(values.created) ?? now.getTime()
  stage.addKey({ hash: createHash('sha256').update(key).digest('hex'), userId, createdAt })
}

function takeOutstanding(values: Record<string, unknown>, settings: Settings, stage: Stage) {
  const id = wholeNumber(values.id ?? values.pk)
  const userId = wholeNumber(values.user_id ?? values.user)
  const expiresAt = timeIn(values.expires_at)
  // Of a user who was deleted, or a token that names nobody: nobody refreshes with it.
  if (id === undefined || userId === undefined || expiresAt === undefined) return
  const tokenType = typeOf(String(values.token), settings) === 'sliding' ? 'sliding' : 'refresh'
  stage.addOutstanding(id, { jti: String(values.jti), userId, tokenType, expiresAt })
}

function typeOf(token: string, { tokenTypeClaim }: Settings): unknown {
  try {
    const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()
    return (JSON.parse(payload) as Record<string, unknown>)[tokenTypeClaim]
  } catch {
    return undefined
  }
}

function takeBlacklisted(values: Record<string, unknown>, stage: Stage, now: Date) {
  const id = wholeNumber(values.token_id ?? values.token)
  if (id !== undefined) stage.addBlacklisted(id, timeIn(values.blacklisted_at) ?? now.getTime())
}

function findDoubles({ loginField }: Settings, stage: Stage, findings: Findings) {
  const columns =
    loginField === 'email' ? (['email_key', 'username'] as const) : (['username'] as const)
  for (const column of columns) {
    const what = column === 'username' ? 'a username' : 'an address (in any case)'
    for (const { id, first } of stage.doubles(column)) {
      stage.mark(id, 'left out')
      find(findings, 'left out', `${what} that another row has`, `${id} = ${first}`)
    }
  }
}
