// What is wrong with the tables of the project, beside those of this package.

import { getTableConfig, type SQLiteTable } from 'drizzle-orm/sqlite-core'
import { exportedTables } from '../../src/accounts/personal-data.ts'
import * as ours from '../../src/schema.ts'
import { tablesIn } from '../makemigrations/schema.ts'
import { importFile } from '../user-model.ts'
import { errorsOf, type Finding } from './finding.ts'

const schemaFile = 'src/schema.ts'

/** @param isWorkerLoaded whether gatehouse() was called, so that its personalData is known */
export async function tableFindings(isWorkerLoaded: boolean): Promise<Finding[]> {
  const exported = (await importFile(schemaFile)) as Record<string, unknown>
  const own = tablesIn(exported).filter((table) => !tablesIn(ours).includes(table))
  return errorsOf(
    'tables',
    own.flatMap((table) => userErrors(table, isWorkerLoaded)),
  )
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
