// What an endpoint is to faults.test.ts: a request, who sends it, and with which settings.

import { env } from 'cloudflare:workers'
import { client } from '../support/api.ts'
import { newEmail, password } from '../support/people.ts'
import { common } from './settings.ts'

export type World = Awaited<ReturnType<typeof world>>

interface Settings {
  vars?: Record<string, unknown>
  /** Where they were others when the people came. */
  earlier?: Record<string, unknown>
}

export interface Endpoint extends Settings {
  route: string
  /** What is special about it. */
  where?: string
  sent: (world: World) => Sent | Promise<Sent>
  /** What `:id` is. */
  id?: (world: World) => unknown
  /** The status, where it is to be refused. */
  refused?: number
}

interface Sent {
  query?: Record<string, string>
  json?: unknown
  form?: Record<string, string>
  token?: string
  headers?: Record<string, string>
}

export const settingsOf = ({ vars }: Settings) => ({ ...common, ...vars })

/** Ada and a superuser, both logged in. */
export async function world({ vars, earlier }: Settings) {
  const api = client({ ...common, ...vars, ...earlier })
  const ada = await newcomer(api, 'ada')
  const root = await newcomer(api, 'root')
  await env.DB.prepare('update users set is_staff = 1, is_superuser = 1 where id = ?')
    .bind(root.id)
    .run()
  /** What a mail with a link says, once it is asked for. */
  const link = async (path: string) => {
    await api.post(`/auth/users/${path}/`, { email: ada.email })
    return newestLink(api, ada.email)
  }
  return { api, ada, root, link }
}

async function newcomer(api: ReturnType<typeof client>, name: string) {
  const email = newEmail(name)
  const person = { email, username: email, password, first_name: 'Ada', last_name: 'Lovelace' }
  const { body } = await api.post('/auth/users/', person)
  const login = { email, username: email, password }
  const headers = { 'user-agent': 'first' }
  const { body: tokens } = await api.post('/auth/jwt/create/', login, { headers })
  return { id: body.id, email, login, access: tokens.access, refresh: tokens.refresh }
}

export async function newestLink(api: ReturnType<typeof client>, email: string) {
  const [{ uid, token }] = await api.mail(email)
  return { uid, token }
}
