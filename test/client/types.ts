// What the types of the client allow. `npm run check` compiles this file, and nothing runs it.

import { createTokenClient } from '../../src/client/authtoken.ts'
import { createClient, type GatehouseError, type Result } from '../../src/client/index.ts'

const auth = createClient({ url: 'https://auth.example.com' })
const password = 'a pond of herons'

export async function standardTypes() {
  const login = await auth.login({ email: 'ada@example.com', password })
  login.data?.access satisfies string | undefined
  login.error?.fields.email satisfies string[] | undefined
  login.error?.fields.password satisfies string[] | undefined
  // @ts-expect-error the body has no such field
  login.error?.fields.username
  // @ts-expect-error users log in by email
  await auth.login({ username: 'ada', password })
  // @ts-expect-error a login requires a password
  await auth.login({ email: 'ada@example.com' })

  const me = await auth.me()
  me.data?.email satisfies string | undefined
  // @ts-expect-error the standard user has no such column
  me.data?.company
  // @ts-expect-error `data` may be undefined
  me.data.email
  if (!me.error) me.data.email satisfies string

  const signUp = await auth.signUp({ email: 'a@b.c', password, first_name: 'A', last_name: 'B' })
  signUp.error?.fields.last_name satisfies string[] | undefined
  // @ts-expect-error a last name is required
  await auth.signUp({ email: 'a@b.c', password, first_name: 'A' })
}

export async function operations() {
  const one = await auth.GET('/auth/users/{id}/', { params: { path: { id: 1 } } })
  one.data?.last_name satisfies string | undefined
  // @ts-expect-error the path has a parameter
  await auth.GET('/auth/users/{id}/')
  // @ts-expect-error another name
  await auth.GET('/auth/users/{id}/', { params: { path: { pk: 1 } } })
  // @ts-expect-error no such path
  await auth.GET('/auth/people/')
  // @ts-expect-error no such method
  await auth.PUT('/auth/users/set_password/')

  const body = { current_password: password, new_password: 'a flock of geese' }
  const changed = await auth.POST('/auth/users/set_password/', { body, headers: { 'x-a': 'b' } })
  changed.data satisfies undefined
  changed.error?.fields.new_password satisfies string[] | undefined
  // @ts-expect-error the body is required
  await auth.POST('/auth/users/set_password/')

  const users = await auth.GET('/auth/users/')
  users.data?.[0]?.email satisfies string | null | undefined
  await auth.PATCH('/auth/users/me/', { body: { first_name: 'Ada' } })
  const sessions = await auth.GET('/auth/sessions/', { signal: AbortSignal.timeout(1000) })
  sessions.data?.[0]?.current satisfies boolean | undefined
}

export function results(result: Result<{ id: number }, { email: string }>) {
  if (result.error) {
    result.error satisfies GatehouseError<{ email: string }>
    result.error.status satisfies number
    result.response satisfies Response | undefined
    return undefined
  }
  result.response satisfies Response
  return result.data.id satisfies number
}

/** A part of a page that any form can use. */
export async function anyForm(show: (error: GatehouseError) => void, names: string[]) {
  const { error } = await auth.login({ email: 'ada@example.com', password })
  if (error) show(error)
  const other = (await auth.POST('/auth/users/reset_password/', { body: { email: 'a@b.c' } })).error
  if (other) show(other)
  const me = await auth.me()
  if (me.error) show(me.error)
  return (shown: GatehouseError) =>
    names.map((name) => shown.fields[name] satisfies string[] | undefined)
}

/** As openapi-typescript writes the paths of a deployment whose users have a company, and that offers only these paths. */
interface OwnPaths {
  '/api/token/': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    post: {
      parameters: { query?: never; header?: never; path?: never; cookie?: never }
      requestBody: {
        content: { 'application/json': { username: string; password: string } }
      }
      responses: {
        200: {
          headers: { [name: string]: unknown }
          content: {
            'application/json': { access: string; refresh: string; plan: 'free' | 'paid' }
          }
        }
        400: {
          headers: { [name: string]: unknown }
          content: { 'application/json': { username?: string[] } }
        }
      }
    }
  }
  '/auth/users/me/': {
    get: {
      parameters: { query?: never; header?: never; path?: never; cookie?: never }
      requestBody?: never
      responses: {
        200: {
          headers: { [name: string]: unknown }
          content: { 'application/json': { username: string; company: string } }
        }
      }
    }
  }
}

export async function ownTypes() {
  const own = createClient<OwnPaths>({ url: 'https://auth.example.com', loginPath: '/api/token/' })
  const { data, error } = await own.login({ username: 'ada', password })
  data?.plan satisfies 'free' | 'paid' | undefined
  error?.fields.username satisfies string[] | undefined
  // @ts-expect-error users log in by username
  await own.login({ email: 'ada@example.com', password })
  const me = await own.me()
  me.data?.company satisfies string | undefined
  // @ts-expect-error this deployment has no such path
  await own.GET('/auth/users/')
  // @ts-expect-error this deployment has no sign-up
  await own.signUp({ email: 'ada@example.com' })
}

export async function authtokenTypes() {
  const keys = createTokenClient({ url: 'https://auth.example.com', storage: 'local' })
  const { data } = await keys.login({ email: 'ada@example.com', password })
  if (data && 'auth_token' in data) data.auth_token satisfies string
  // @ts-expect-error cookies have no keys
  createTokenClient({ url: 'https://auth.example.com', storage: 'cookies' })
}
