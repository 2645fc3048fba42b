// A row of a source, whatever its file format: the name of the table, and values by column.

export interface SourceRow {
  /** Django's `db_table` in lower case: `auth_user`, `accounts_useraccount`. */
  table: string
  /** By column name, as `columnName` returns it. */
  values: Record<string, unknown>
}

/** What a reader of a file asks and reports while it reads. */
export interface Reading {
  file: string
  isWanted: (table: string) => boolean
  /** Reports the share of the file that was read, from 0 to 1. */
  advance: (part: number) => void
  /** Counts rows of a table, wanted or not. A reader reports every table, also one without rows. */
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

/** Case and blanks do not distinguish columns, because headers may be written in a spreadsheet. */
export const columnName = (name: string) => name.trim().toLowerCase().replace(/\s+/g, '_')

/** Whether a value is more than null, or an empty text, list or object. False and 0 count. */
export const isFilled = (value: unknown) =>
  value !== null &&
  value !== undefined &&
  value !== '' &&
  !(typeof value === 'object' && Object.keys(value).length === 0)
