// What is wrong with the tables of the project, beside those of this package.

import { is } from 'drizzle-orm'
import { getTableConfig, SQLiteTable } from 'drizzle-orm/sqlite-core'
import { exportedTables } from '../../src/accounts/personal-data.ts'
import * as ours from '../../src/schema.ts'
import { packageName } from '../package.ts'
import { importFile } from '../user-model.ts'
import { errorsOf, type Finding } from './finding.ts'

const schemaFile = 'src/schema.ts'

/** @param isWorkerLoaded whether gatehouse() was called, so that its personalData is known */
export async function tableFindings(isWorkerLoaded: boolean): Promise<Finding[]> {
  const exported = (await importFile(schemaFile)) as Record<string, unknown>
  const own = tablesIn(exported).filter(([, table]) => !ourTables().includes(table))
  return errorsOf('tables', [
    missingTablesError(exported),
    ...own.flatMap(([name, table]) => [
      nameError(name, table),
      ...userErrors(table, isWorkerLoaded),
    ]),
  ])
}

type NamedTable = [name: string, table: SQLiteTable]

const tablesIn = (exported: object): NamedTable[] =>
  Object.entries(exported).filter((entry): entry is NamedTable => is(entry[1], SQLiteTable))

const ourTables = () => tablesIn(ours).map(([, table]) => table)

/** An export of the project hides one of ours that has the same name. */
function missingTablesError(exported: Record<string, unknown>): string | undefined {
  const missing = tablesIn(ours).filter(([name, table]) => exported[name] !== table)
  if (missing.length === 0) return undefined
  const names = missing.map(([name]) => name).join(', ')
  return (
    `${schemaFile} does not export ${names} of ${packageName}, so their migrations would be missing. Write: export * from ` +
    `'${packageName}/schema'. If it does, a table of yours has the same name in code: rename it there.`
  )
}

function nameError(exportedName: string, table: SQLiteTable): string | undefined {
  const { name } = getTableConfig(table)
  const taken = ourTables().some((each) => getTableConfig(each).name === name)
  if (!taken) return undefined
  return `The table ${exportedName} is named ${name} in SQL, as a table of ${packageName}. Give it another name.`
}

function userErrors(table: SQLiteTable, isWorkerLoaded: boolean): string[] {
  const { name, foreignKeys } = getTableConfig(table)
  const toUsers = foreignKeys.filter((key) => key.reference().foreignTable === ours.users)
  const withoutCascade = toUsers.filter(({ onDelete }) => onDelete !== 'cascade')
  const columns = withoutCascade.flatMap((key) => key.reference().columns.map(({ name }) => name))
  const isUnnamed = toUsers.length > 0 && isWorkerLoaded && !exportedTables().includes(name)
  return [
    ...columns.map(
      (column) =>
        `${name}.${column} refers to users without { onDelete: 'cascade' }. Its rows would outlive their user, or would prevent the deletion. Add it.`,
    ),
    ...(isUnnamed
      ? [
          `${name} refers to users, and is missing in personalData of gatehouse(), so the export of a user's data leaves it out. Add it.`,
        ]
      : []),
  ]
}
