// What a row is, wherever it was read: the table's name, and values by column.

export interface Row {
  /** As Django's `db_table`, in lower case: `auth_user`, `accounts_useraccount`. */
  table: string
  values: Record<string, unknown>
}

export interface Reading {
  file: string
  isWanted: (table: string) => boolean
  /** Tells how much of the file was read, from 0 to 1. */
  advance: (part: number) => void
  /** Hears of every table that the file has, wanted or not. */
  found: (table: string) => void
}

/** `accounts.UserAccount` and `public.accounts_useraccount` are the same table. */
export const tableOf = (name: string) =>
  name
    .toLowerCase()
    .replaceAll('"', '')
    .replace(/^public\./, '')
    .replace('.', '_')
