// Reads the files into the stage. Then reports what only the whole source shows: duplicates, and the tables and columns
// that the import does not read.

import { uniqueFields } from '../../src/accounts/unique-fields.ts'
import { fail } from '../fail.ts'
import { type Columns, openColumns } from './columns.ts'
import type { Mapping } from './fields.ts'
import { type Findings, printable, report } from './findings.ts'
import {
  naturalKeyFrom,
  type StagedUser,
  type UserModel,
  userFromRow,
  userIdFrom,
} from './imported-user.ts'
import { columns as columnKinds, users as kinds } from './kinds.ts'
import type { Reading, SourceRow } from './rows.ts'
import { rowsOf } from './source.ts'
import type { Stage } from './stage.ts'
import { maxStatementLength, rowLiteral } from './statements.ts'
import {
  addBlacklistedToken,
  addKey,
  addOutstandingToken,
  blacklistedTable,
  keyTable,
  outstandingTable,
  reportUnmatchedTokens,
  tokenColumns,
} from './tokens.ts'

export interface Source {
  files: string[]
  /** The table of the users. */
  table: string
  model: UserModel
  mapping: Mapping
  stage: Stage
  findings: Findings
}

interface Collection extends Source {
  columns: Columns
  /** The number of rows of each table in the source. */
  tables: Map<string, number>
  /** The number of user rows that were read. */
  usersRead: number
}

/** @param advance receives the share of the source that was read, from 0 to 1 */
export async function collect(source: Source, advance: (part: number) => void) {
  const { files, table, model, mapping, stage, findings } = source
  const columns = openColumns(model.fields, mapping, model.settings.loginField)
  const collection: Collection = { ...source, columns, tables: new Map(), usersRead: 0 }
  for (const [index, file] of files.entries()) {
    const advanceInFile = (part: number) => advance((index + part) / files.length)
    try {
      const reading = readingOf(file, collection, advanceInFile)
      for await (const row of rowsOf(reading, table)) addRow(row, collection)
    } catch (error) {
      fail(`${file}: ${(error as Error).message}`)
    }
  }
  failWithoutUsers(collection)
  const [unknown] = columns.unknownNames()
  if (unknown !== undefined) {
    fail(`The mapping names ${printable(unknown)}, which neither ${table} nor this project has.`)
  }
  columns.report(findings)
  reportTables(collection)
  reportDuplicates(collection)
  stage.resolveNames()
  reportUnmatchedTokens(stage, findings, model.now)
}

function readingOf(
  file: string,
  { table: userTable, columns, tables }: Collection,
  advance: Reading['advance'],
): Reading {
  const needed = [userTable, keyTable, outstandingTable, blacklistedTable]
  return {
    file,
    advance,
    isWanted: (table) => needed.includes(table),
    countRows: (table, rows) => tables.set(table, (tables.get(table) ?? 0) + rows),
    columns: (table, names) =>
      table === userTable
        ? columns.begin(table, names)
        : names.filter((name) => tokenColumns[table]?.includes(name)),
    countUnread: (table, column, rows) => {
      if (table === userTable) columns.countFilled(column, rows)
    },
  }
}

function failWithoutUsers({ table, tables }: Collection) {
  if ((tables.get(table) ?? 0) > 0) return
  const filled = [...tables].filter(([, rows]) => rows > 0).map(([name]) => name)
  const similar = filled.filter((name) => /user|account|person|member/.test(name))
  const others = (similar.length > 0 ? similar : filled).slice(0, 10).map(printable).join(', ')
  const problem = tables.has(table)
    ? `The table ${table} has no rows.`
    : `There is no table ${table}.`
  fail(`${problem}${others && ` There is ${others}.`} Name the user model by --user-model.`)
}

function addRow({ table, values }: SourceRow, collection: Collection) {
  const { model, stage, findings } = collection
  if (table === collection.table) addUser(values, collection)
  else if (table === keyTable) addKey(values, stage, findings, model.now)
  else if (table === outstandingTable) addOutstandingToken(values, model.settings, stage, findings)
  else addBlacklistedToken(values, stage, findings, model.now)
}

function addUser(values: Record<string, unknown>, collection: Collection) {
  const { model, columns, stage, findings } = collection
  collection.usersRead++
  columns.countValues(values)
  const user = userFromRow(values, model)
  if ('what' in user) {
    const id = userIdFrom(values, model)
    if (typeof id === 'number') stage.reject(id, naturalKeyFrom(values, model.fields))
    const given = String(values[model.fields.id ?? 'id'] ?? values.pk)
    const example = looksLikeId.test(given) ? given : `row ${collection.usersRead}`
    return report(findings, user, example)
  }
  const example = stage.nameOf(user.id)
  for (const remark of user.remarks) report(findings, remark, example)
  if (isTooLong(user)) {
    stage.reject(user.id, user.naturalKey)
    return report(findings, kinds.tooLong, example)
  }
  if (!stage.add(user)) report(findings, kinds.sameId, example)
}

/** A source may have any text in the id's place, even a password. Only a text of this form is printed. */
const looksLikeId = /^(-?\d{1,20}|[0-9a-f]{1,12}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i

const isTooLong = ({ row }: StagedUser) => rowLiteral(row).length > maxStatementLength - 1000

/** Reports Django's tables of groups, and tables of tokens that are not imported. */
function reportTables({ table: userTable, mapping, tables, findings }: Collection) {
  for (const [table, rows] of tables) {
    if (rows === 0) continue
    const [, groups] = table.startsWith(userTable)
      ? (/_(groups|user_permissions)$/.exec(table) ?? [])
      : []
    if (groups && !(groups in mapping)) report(findings, columnKinds.groups(groups), '', rows)
    if (hasOtherTokens(table)) report(findings, columnKinds.tokens(printable(table)), '', rows)
  }
}

const hasOtherTokens = (table: string) =>
  /token/.test(table) && !/^(authtoken_token(proxy)?|token_blacklist_\w+token)$/.test(table)

function reportDuplicates({ model, stage, findings }: Collection) {
  const columns =
    model.settings.loginField === 'email'
      ? (['email_key', 'username'] as const)
      : (['username'] as const)
  for (const column of columns) {
    const kind = column === 'username' ? kinds.sameUsername : kinds.sameEmail
    for (const { id, first } of stage.duplicateLogins(column)) {
      stage.leaveOut(id)
      report(findings, kind, `${stage.nameOf(id)} = ${stage.nameOf(first)}`)
    }
  }
  for (const name of uniqueFields()) {
    for (const { id, first } of stage.duplicateValues(name)) {
      stage.leaveOut(id)
      report(findings, kinds.sameValue(name), `${stage.nameOf(id)} = ${stage.nameOf(first)}`)
    }
  }
}
