// A row of a source in any file format: the name of its table, and its values by column.

export interface SourceRow {
  /** Django's `db_table` in lower case: `auth_user`, `accounts_useraccount`. */
  table: string
  /** By column name, as `columnName` returns it. */
  values: Record<string, unknown>
}

/** What a reader needs to know about a file, and the functions to which it reports. */
export interface Reading {
  file: string
  isWanted: (table: string) => boolean
  /** Reports the share of the file that was read, from 0 to 1. */
  advance: (part: number) => void
  /** Counts rows of a table. A reader reports every table, even one that is not wanted or has no rows. */
  countRows: (table: string, rows: number) => void
  /**
   * Receives the columns of a wanted table, before its rows. @returns the columns to read
   * @throws if the table cannot be used
   */
  columns: (table: string, names: string[]) => string[]
  /** Counts the rows that fill a column that is not read. */
  countUnread: (table: string, column: string, rows: number) => void
}

/** `accounts.UserAccount` and `public.accounts_useraccount` name the same table. */
export const tableName = (name: string) =>
  name
    .toLowerCase()
    .replaceAll('"', '')
    .replace(/^public\./, '')
    .replace('.', '_')

/** Ignores case, and writes blanks as `_`, because a header may come from a spreadsheet. */
export const columnName = (name: string) => name.trim().toLowerCase().replace(/\s+/g, '_')

/** Whether a value is anything but null, an empty text, an empty list or an empty object. False and 0 are filled. */
export const isFilled = (value: unknown) =>
  value !== null &&
  value !== undefined &&
  value !== '' &&
  !(typeof value === 'object' && Object.keys(value).length === 0)
