// Reads the files into the stage, and looks at what is there as a whole.

import { uniqueFields } from '../../src/accounts/unique-fields.ts'
import { fail } from '../fail.ts'
import { type Columns, openColumns } from './columns.ts'
import type { Mapping } from './fields.ts'
import { type Findings, printable, report } from './findings.ts'
import { columns as columnKinds, users as kinds } from './kinds.ts'
import { type ImportedUser, type Model, naturalKeyFrom, userFromRow, userIdFrom } from './people.ts'
import type { Reading, SourceRow } from './rows.ts'
import { rowsOf } from './source.ts'
import type { Stage } from './stage.ts'
import { maxStatementLength, valuesOf } from './statements.ts'
import {
  blacklistedTable,
  keyTable,
  outstandingTable,
  reportStrays,
  takeBlacklisted,
  takeKey,
  takeOutstanding,
  tokenColumns,
} from './tokens.ts'

interface Collection {
  /** The users' table. */
  users: string
  model: Model
  columns: Columns
  stage: Stage
  findings: Findings
  /** Rows of each table of the source. */
  tables: Map<string, number>
  /** Rows of users that were read. */
  read: number
}

export async function collect(
  files: string[],
  users: string,
  model: Model,
  mapping: Mapping,
  stage: Stage,
  findings: Findings,
  advance: (part: number) => void,
) {
  const columns = openColumns(model.fields, mapping, model.settings.loginField)
  const tables = new Map<string, number>()
  const collection = { users, model, columns, stage, findings, tables, read: 0 }
  for (const [index, file] of files.entries()) {
    const part = (part: number) => advance((index + part) / files.length)
    try {
      const reading = readingOf(file, collection, part)
      for await (const row of rowsOf(reading, users)) takeRow(row, collection)
    } catch (error) {
      fail(`${file}: ${(error as Error).message}`)
    }
  }
  refuseWithoutUsers(collection)
  const [misnamed] = columns.misnamed()
  if (misnamed !== undefined) {
    fail(`The mapping names ${printable(misnamed)}, which neither ${users} nor this project has.`)
  }
  columns.tell(findings)
  reportTables(collection, Object.keys(mapping))
  reportDuplicates(collection)
  stage.resolveNames()
  reportStrays(stage, findings, model.now)
}

function readingOf(
  file: string,
  { users, columns, tables }: Collection,
  advance: Reading['advance'],
) {
  const wanted = [users, keyTable, outstandingTable, blacklistedTable]
  return {
    file,
    advance,
    isWanted: (table: string) => wanted.includes(table),
    found: (table: string, rows: number) => tables.set(table, (tables.get(table) ?? 0) + rows),
    columns: (table: string, names: string[]) =>
      table === users
        ? columns.begin(table, names)
        : names.filter((name) => tokenColumns[table]?.includes(name)),
    held: (table: string, column: string, rows: number) => {
      if (table === users) columns.hold(column, rows)
    },
  }
}

function refuseWithoutUsers({ users, tables }: Collection) {
  if ((tables.get(users) ?? 0) > 0) return
  const there = [...tables].filter(([, rows]) => rows > 0).map(([table]) => table)
  const alike = there.filter((table) => /user|account|person|member/.test(table))
  const others = (alike.length > 0 ? alike : there).slice(0, 10).map(printable).join(', ')
  const what = tables.has(users) ? `${users} has no rows` : `There is no ${users}`
  fail(`${what}${others && `, but ${others}`}. Name the model with --user-model.`)
}

function takeRow({ table, values }: SourceRow, collection: Collection) {
  const { users, model, stage, findings } = collection
  if (table === users) takeUser(values, collection)
  else if (table === keyTable) takeKey(values, stage, findings, model.now)
  else if (table === outstandingTable) takeOutstanding(values, model.settings, stage, findings)
  else takeBlacklisted(values, stage, findings, model.now)
}

function takeUser(values: Record<string, unknown>, collection: Collection) {
  const { model, columns, stage, findings } = collection
  collection.read++
  columns.take(values)
  const person = userFromRow(values, model)
  if ('what' in person) {
    const id = userIdFrom(values, model.fields)
    if (typeof id === 'number') stage.reject(id, naturalKeyFrom(values, model.fields))
    const given = String(values[model.fields.id ?? 'id'] ?? values.pk)
    return report(findings, person, looksLikeId.test(given) ? given : `row ${collection.read}`)
  }
  const example = String(person.id)
  for (const remark of person.remarks) report(findings, remark, example)
  if (isTooLong(person)) {
    stage.reject(person.id, person.natural)
    return report(findings, kinds.tooLong, example)
  }
  if (!stage.add(person)) report(findings, kinds.sameId, example)
}

/** In place of the id there may be anything, a password too. */
const looksLikeId = /^(-?\d{1,20}|[0-9a-f]{1,12}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i

const isTooLong = ({ row }: ImportedUser) => valuesOf(row).length > maxStatementLength - 1000

/** Django's tables of groups, and any of tokens that are none of ours. */
function reportTables({ users, tables, findings }: Collection, mapped: string[]) {
  for (const [table, rows] of tables) {
    if (rows === 0) continue
    const [, groups] = table.startsWith(users)
      ? (/_(groups|user_permissions)$/.exec(table) ?? [])
      : []
    if (groups && !mapped.includes(groups)) report(findings, columnKinds.groups(groups), '', rows)
    if (isOfTokens(table)) report(findings, columnKinds.tokens(printable(table)), '', rows)
  }
}

const isOfTokens = (table: string) =>
  /token/.test(table) && !/^(authtoken_token(proxy)?|token_blacklist_\w+token)$/.test(table)

function reportDuplicates({ model, stage, findings }: Collection) {
  const columns =
    model.settings.loginField === 'email'
      ? (['email_key', 'username'] as const)
      : (['username'] as const)
  for (const column of columns) {
    const kind = column === 'username' ? kinds.sameUsername : kinds.sameEmail
    for (const { id, first } of stage.doubles(column)) {
      stage.mark(id, 'left out')
      report(findings, kind, `${id} = ${first}`)
    }
  }
  for (const name of uniqueFields) {
    for (const { id, first } of stage.doublesOf(name)) {
      stage.mark(id, 'left out')
      report(findings, kinds.sameValue(name), `${id} = ${first}`)
    }
  }
}
