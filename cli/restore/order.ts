// Sorts tables by their references.

import { isAt, type Token, tableAt } from '../sql.ts'

interface Declared {
  name: string
  tokens: Token[]
}

/** Puts each table after those that it refers to. Tables that refer to each other keep their order. */
export function parentsFirst<T extends Declared>(tables: T[]): T[] {
  const ordered = new Set<T>()
  const visited = new Set<T>()
  const visit = (table: T) => {
    if (visited.has(table)) return
    visited.add(table)
    for (const name of parentsOf(table)) {
      const parent = tables.find((each) => each.name === name)
      if (parent) visit(parent)
    }
    ordered.add(table)
  }
  for (const table of tables) visit(table)
  return [...ordered]
}

const parentsOf = ({ tokens }: Declared) =>
  [...tokens.keys()]
    .filter((at) => isAt(tokens, at, 'REFERENCES'))
    .map((at) => tableAt(tokens, at + 1).table)
