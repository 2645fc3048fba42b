// Changes of a column's default. SQLite cannot change one: drizzle-kit would rebuild the table, and D1 would delete the rows that
// refer to it. No migration is needed either, because Drizzle, the Worker and the programs write every column of a new row
// themselves. So the database keeps the old default, and only drizzle-kit's snapshot gets the new one.

/** What drizzle-kit records of the tables, as far as it is read here. */
export interface Snapshot {
  tables: Record<string, { columns: Record<string, SnapshotColumn> }>
}

interface SnapshotColumn {
  default?: unknown
}

/** The columns that both snapshots have with different defaults, as `table.column`. */
export function changedDefaults(old: Snapshot, now: Snapshot): string[] {
  return columnsInBoth(old, now)
    .filter(([, before, after]) => !isSame(before.default, after.default))
    .map(([name]) => name)
}

/** The old snapshot as if it had had the new defaults, so that drizzle-kit finds all other changes. */
export function withDefaultsOf(old: Snapshot, now: Snapshot): Snapshot {
  const patched = structuredClone(old)
  for (const [, column, { default: value }] of columnsInBoth(patched, now)) {
    if (value === undefined) delete column.default
    else column.default = value
  }
  return patched
}

/** The comment in the migration. */
export const defaultComment = (name: string): string =>
  `-- ${name} has another default. The database keeps the old one: code writes every column of a new row.`

function columnsInBoth(old: Snapshot, now: Snapshot): [string, SnapshotColumn, SnapshotColumn][] {
  return Object.entries(old.tables).flatMap(([table, { columns }]) =>
    Object.entries(columns).flatMap(
      ([name, before]): [string, SnapshotColumn, SnapshotColumn][] => {
        const after = now.tables[table]?.columns[name]
        return after ? [[`${table}.${name}`, before, after]] : []
      },
    ),
  )
}

const isSame = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other)
