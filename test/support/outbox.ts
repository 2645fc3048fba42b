// The outbox: the rows of queued and sent emails.

import { env } from 'cloudflare:workers'

/** The rows of a kind to an address, in any capitals. */
export async function rowsTo(address: string, kind: string): Promise<{ user_id: number }[]> {
  const query = 'select user_id from mail_outbox where recipient = ? collate nocase and kind = ?'
  const { results } = await env.DB.prepare(query).bind(address, kind).run<{ user_id: number }>()
  return results
}

/** The kinds of all emails to an address, in alphabetical order. */
export async function kindsTo(address: string): Promise<string[]> {
  const query = 'select kind from mail_outbox where recipient = ? order by kind'
  const { results } = await env.DB.prepare(query).bind(address).run<{ kind: string }>()
  return results.map(({ kind }) => kind)
}
