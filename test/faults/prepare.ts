// The request of an endpoint, made ready to be sent again and again from the same rows.

import { env } from 'cloudflare:workers'
import { client } from '../support/api.ts'
import { forgetWrites } from '../support/forget.ts'
import { type Endpoint, type Setup, settingsOf, setUp } from './setup.ts'
import { emptyDatabase, restore, type Snapshot, snapshot } from './state.ts'

export interface PreparedRequest {
  setup: Setup
  send: (DB: D1Database, vars?: object) => Promise<{ status: number; body: unknown }>
  /** The rows before the request. */
  before: Snapshot
}

/**
 * Creates the users, and returns what sends the request of an endpoint. No write is remembered, so that each request may read
 * a replica as the first did.
 */
export async function prepareRequest(endpoint: Endpoint): Promise<PreparedRequest> {
  const setup = await setUpOnce(endpoint)
  const { query, ...parts } = await endpoint.request(setup)
  const id = await endpoint.id?.(setup)
  const [method = '', path = ''] = endpoint.route.replace(':id', String(id)).split(' ')
  const before = await snapshot()
  const url = query ? `${path}?${new URLSearchParams(query)}` : path
  const send = async (DB: D1Database, vars: object = {}) => {
    await forgetWrites()
    return client({ ...settingsOf(endpoint), DB, ...vars }).send(method, url, parts)
  }
  return { setup, send, before }
}

const setups = new Map<string, { setup: Setup; rows: Snapshot }>()

/** Creates the users once for each combination of settings. */
async function setUpOnce(endpoint: Endpoint): Promise<Setup> {
  const key = JSON.stringify([settingsOf(endpoint), endpoint.earlier])
  const known = setups.get(key)
  if (known) {
    await restore(known.rows)
    return known.setup
  }
  await emptyDatabase()
  await raiseIds()
  const setup = await setUp(endpoint)
  setups.set(key, { setup, rows: await snapshot() })
  return setup
}

/** The next users get ids that no other number in a statement equals, so that a test can tell which values are ids. */
const raiseIds = () =>
  env.DB.batch([
    env.DB.prepare(`insert into sqlite_sequence (name, seq)
      select 'users', 0 where not exists (select 1 from sqlite_sequence where name = 'users')`),
    env.DB.prepare(`update sqlite_sequence set seq = max(seq, 7000000) where name = 'users'`),
  ])
