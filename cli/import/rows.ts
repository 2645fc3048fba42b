// What a row is, wherever it was read: the table's name, and values by column.

export interface SourceRow {
  /** As Django's `db_table`, in lower case: `auth_user`, `accounts_useraccount`. */
  table: string
  /** By column, each named as `columnName` has it. */
  values: Record<string, unknown>
}

/** What a reader asks and reports while it reads. */
export interface Reading {
  file: string
  isWanted: (table: string) => boolean
  /** Tells how much of the file was read, from 0 to 1. */
  advance: (part: number) => void
  /** Hears of every table that the file has, wanted or not, and of so many more rows in it. */
  found: (table: string, rows: number) => void
  /**
   * Hears of the columns of a wanted table before its rows, and answers which of them are read. It
   * throws where the table cannot be used.
   */
  columns: (table: string, names: string[]) => string[]
  /** Hears how many rows hold something in a column that is not read. */
  held: (table: string, column: string, rows: number) => void
}

/** `accounts.UserAccount` and `public.accounts_useraccount` are the same table. */
export const tableOf = (name: string) =>
  name
    .toLowerCase()
    .replaceAll('"', '')
    .replace(/^public\./, '')
    .replace('.', '_')

/** Case and blanks do not distinguish columns: people name them in a spreadsheet. */
export const columnName = (name: string) => name.trim().toLowerCase().replace(/\s+/g, '_')

/** An empty text, list or object holds nothing; a false or a nought is something. */
export const holdsSomething = (value: unknown) =>
  value !== null &&
  value !== undefined &&
  value !== '' &&
  !(typeof value === 'object' && Object.keys(value).length === 0)
