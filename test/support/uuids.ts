// Users under USER_PK=uuid, with both of their ids.

import { env } from 'cloudflare:workers'
import { logIn, person } from './people.ts'

export const byUuid = { USER_PK: 'uuid' }
export const uuidForm = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

interface Ids {
  /** The number, which no client sees. */
  number: number
  uuid: string
}

export async function idsOf(email: string): Promise<Ids> {
  const find = env.DB.prepare('select id as number, uuid from users where email = ?')
  const ids = await find.bind(email).first<Ids>()
  if (!ids) throw new Error(`no user has the address ${email}`)
  return ids
}

/** Signs up under USER_PK=uuid. */
export async function personWithUuid(
  vars: Record<string, unknown> = {},
  rights: { staff?: boolean; superuser?: boolean } = {},
) {
  const { api, email } = await person({ ...byUuid, ...vars })
  const ids = await idsOf(email)
  const { staff = false, superuser = false } = rights
  await env.DB.prepare('update users set is_staff = ?, is_superuser = ? where id = ?')
    .bind(Number(staff || superuser), Number(superuser), ids.number)
    .run()
  return { api, email, ...ids }
}

/** Signs up, and logs in. */
export async function loggedInWithUuid(
  vars: Record<string, unknown> = {},
  rights: { staff?: boolean; superuser?: boolean } = {},
) {
  const user = await personWithUuid(vars, rights)
  const { body } = await logIn(user.api, user)
  return { ...user, access: String(body.access), refresh: String(body.refresh) }
}

/** As an earlier version, or another program, inserts a user. */
export const removeUuid = (number: number) =>
  env.DB.prepare('update users set uuid = null where id = ?').bind(number).run()
