// A Worker as `npm run dev` starts it, with the settings of wrangler.toml, and users on it. An attacker may send requests from
// any address, because `wrangler dev` trusts the `CF-Connecting-IP` that it receives. Hashes are cheap: no time is measured.

import assert from 'node:assert/strict'
import { startGatehouse } from '../cli/running.ts'

export const password = 'a pond of herons'

export interface Answer {
  status: number
  /** Seconds, in a 429. */
  retryAfter: number
  body: Record<string, unknown>
}

export interface Sent {
  method?: string
  path: string
  body?: object
  ip: string
  token?: string
}

export type Setup = Awaited<ReturnType<typeof setUp>>

export async function setUp({ replicas }: { replicas: boolean }) {
  const { url, project, scheduled, stop } = await startGatehouse({
    ARGON2_MEMORY_COST: 64,
    ARGON2_TIME_COST: 1,
    D1_READ_REPLICATION: replicas,
  })

  async function send({ method = 'POST', path, body, ip, token }: Sent): Promise<Answer> {
    const response = await fetch(url + path, {
      method,
      headers: {
        'cf-connecting-ip': ip,
        ...(body && { 'content-type': 'application/json' }),
        ...(token && { authorization: `Bearer ${token}` }),
      },
      ...(body && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return {
      status: response.status,
      retryAfter: Number(response.headers.get('retry-after')),
      body: text ? JSON.parse(text) : {},
    }
  }

  /** The rows that a SQL statement returns. */
  async function query(statement: string): Promise<Record<string, unknown>[]> {
    const execute = ['d1', 'execute', 'DB', '--local', '--json', '--command', statement]
    const { status, output } = await project.runScript('wrangler/bin/wrangler.js', execute)
    assert.equal(status, 0, output)
    return JSON.parse(output.slice(output.indexOf('[\n')))[0].results
  }

  /** The cron writes a pulse, without which no replica is believed. */
  const pulse = async () => replicas && scheduled(Date.now())

  /** Creates an active user with a session from `ip`. */
  async function createUser(email: string, ip: string) {
    const someone = { email, password, first_name: 'Ada', last_name: 'Lovelace' }
    const created = await send({ path: '/auth/users/', body: someone, ip })
    assert.equal(created.status, 201, JSON.stringify(created.body))
    await query(`update users set status = 'active' where id = ${created.body.id}`)
    const { status, body } = await send({
      path: '/auth/jwt/create/',
      body: { email, password },
      ip,
    })
    assert.equal(status, 200)
    return { email, ip, access: String(body.access), refresh: String(body.refresh) }
  }

  /** Creates active accounts `name0`, `name1` …, all with the password of the account `like`. */
  async function createUsers(name: string, size: number, like: string) {
    const columns = 'email, email_key, password, status, date_joined, first_name, last_name'
    await query(`with recursive numbers(n) as (select 0 union all select n + 1 from numbers where n < ${size - 1})
      insert into users (${columns})
      select '${name}' || n || '@example.com', '${name}' || n || '@example.com', password, 'active', 0, 'Ada', 'L'
      from numbers, users where users.email = '${like}'`)
  }

  return { send, query, scheduled, pulse, createUser, createUsers, stop }
}

/** A different IPv4 address for each number up to 65,535. */
export const address = (network: number, number: number) =>
  `10.${network}.${number >> 8}.${number & 255}`
