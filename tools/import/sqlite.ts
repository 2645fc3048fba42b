// Rows of a SQLite file, which is opened to be read alone.

import { DatabaseSync } from 'node:sqlite'
import { type Reading, type Row, tableOf } from './rows.ts'

export async function* sqliteRows(reading: Reading): AsyncGenerator<Row> {
  const database = new DatabaseSync(reading.file, { readOnly: true })
  try {
    const names = database
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")
      .all()
      .map(({ name }) => String(name))
    for (const name of names) reading.found(tableOf(name))
    const wanted = names.filter((name) => reading.isWanted(tableOf(name)))
    const counted = wanted.map((name) => `(SELECT count(*) FROM ${quoted(name)})`).join(' + ')
    const total = Number(database.prepare(`SELECT ${counted || 0} AS total`).get()?.total)
    let read = 0
    for (const name of wanted) {
      for (const values of database.prepare(`SELECT * FROM ${quoted(name)}`).iterate()) {
        read++
        if (read % 1000 === 0) reading.advance(read / total)
        yield { table: tableOf(name), values }
      }
    }
  } finally {
    database.close()
  }
}

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`
