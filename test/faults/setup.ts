// A row in the table of endpoints: a route, a request and its settings. Also the two users that send the requests.

import { type Api, client } from '../support/api.ts'
import { logIn, password, person } from '../support/people.ts'
import { common } from './settings.ts'

export type Setup = Awaited<ReturnType<typeof setUp>>

interface Settings {
  vars?: Record<string, unknown>
  /** Settings that differ while the users are created. */
  earlier?: Record<string, unknown>
}

export interface Endpoint extends Settings {
  route: string
  /** What distinguishes this row from the other rows of the route. */
  variant?: string
  request: (setup: Setup) => RequestParts | Promise<RequestParts>
  /** The value of `:id`. */
  id?: (setup: Setup) => unknown
  /** The status of the response, if it must be an error. */
  errorStatus?: number
}

interface RequestParts {
  query?: Record<string, string>
  json?: unknown
  form?: Record<string, string>
  token?: string
  headers?: Record<string, string>
}

export const settingsOf = ({ vars }: Settings) => ({ ...common, ...vars })

/** Creates and logs in two users: Ada, and the superuser root. */
export async function setUp({ vars, earlier }: Settings) {
  const api = client({ ...common, ...vars, ...earlier })
  const ada = await createPerson(api, 'ada')
  const root = await createPerson(api, 'root')
  /** Requests an email with a link to Ada, and returns the link. */
  const link = async (path: string) => {
    await api.post(`/auth/users/${path}/`, { email: ada.email })
    return newestLink(api, ada.email)
  }
  return { api, ada, root, link }
}

/** Creates a user and logs in, from another device than those of the requests. */
async function createPerson(api: Api, name: string) {
  const user = await person({}, { api, name, username: true, superuser: name === 'root' })
  const login = { email: user.email, username: user.username, password }
  const { body } = await logIn(api, login, { headers: { 'user-agent': 'first' } })
  return { ...user, login, access: body.access, refresh: body.refresh }
}

export async function newestLink(api: Api, email: string) {
  const [{ uid, token }] = await api.mail(email)
  return { uid, token }
}
