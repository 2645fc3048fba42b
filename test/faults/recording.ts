// The statements and values of each batch that a request sends, and the users that the values belong to.

import { env } from 'cloudflare:workers'

export interface Recorded {
  text: string
  values: unknown[]
}

const sent = Symbol('the text and the values')
interface Recording extends D1PreparedStatement {
  [sent]: Recorded
  real: D1PreparedStatement
}

/** D1 that adds each call to a list of batches. It has only the methods that `src/db.ts` may use. */
export function recordD1(batches: Recorded[][]): D1Database {
  const statement = (text: string, values: unknown[], real: D1PreparedStatement): Recording => {
    const record = () => batches.push([{ text, values }])
    return {
      [sent]: { text, values },
      real,
      bind: (...given: unknown[]) => statement(text, given, real.bind(...given)),
      all: () => record() && real.all(),
      run: () => record() && real.run(),
      raw: () => record() && real.raw(),
    } as unknown as Recording
  }
  const d1 = {
    prepare: (text: string) => statement(text, [], env.DB.prepare(text)),
    batch: (statements: Recording[]) => {
      batches.push(statements.map((each) => each[sent]))
      return env.DB.batch(statements.map(({ real }) => real))
    },
    withSession: () => d1,
    getBookmark: () => null,
  }
  return d1 as unknown as D1Database
}

/** Each value that belongs to a user, with the ids of its users: ids, names, addresses, sessions, keys, rows of mail. */
export async function ownersOfValues(): Promise<Map<string, Set<number>>> {
  const owners = new Map<string, Set<number>>()
  for (const query of ownedValues) {
    const { results } = await env.DB.prepare(query).all<{ value: unknown; owner: number | null }>()
    for (const { value, owner } of results) {
      if (value === null || owner === null) continue
      owners.set(String(value), (owners.get(String(value)) ?? new Set()).add(owner))
    }
  }
  return owners
}

const ownedValues = [
  ...['id', 'email', 'email_key', 'username', 'new_email'].map(
    (column) => `select ${column} as value, id as owner from users`,
  ),
  'select id as value, user_id as owner from sessions',
  'select hash as value, user_id as owner from auth_tokens',
  'select jti as value, user_id as owner from revoked_tokens',
  'select id as value, user_id as owner from mail_outbox',
  'select recipient as value, user_id as owner from mail_outbox',
]

/** The users that the values of a batch belong to. The id of an event's actor is a value of the event, and does not count. */
export function usersOf(batch: Recorded[], owners: Map<string, Set<number>>): Set<number> {
  const values = batch.flatMap(({ text, values }) => {
    const actor = actorAt(text)
    return values.filter((_, at) => at !== actor)
  })
  return new Set(values.flatMap((value) => [...(owners.get(String(value)) ?? [])]))
}

/** The position of `actor_id` among the values of an insert into the events; undefined for another statement. */
function actorAt(text: string): number | undefined {
  const [, columns = '', values = ''] =
    /^insert into "security_events" \((.*?)\) select (.*)$/s.exec(text) ?? []
  const at = columns.split(', ').indexOf('"actor_id"')
  if (at < 0) return undefined
  const parts = partsOf(values)
  return /^\s*\?(\s|$)/.test(parts[at] ?? '')
    ? parts.slice(0, at).join().split('?').length - 1
    : undefined
}

/** The parts of a list between commas that stand in no parenthesis. */
function partsOf(list: string): string[] {
  const parts = ['']
  let depth = 0
  for (const character of list) {
    if (character === '(') depth++
    if (character === ')') depth--
    if (character === ',' && depth === 0) parts.push('')
    else parts.push(`${parts.pop()}${character}`)
  }
  return parts
}
