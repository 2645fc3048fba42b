// ra-data-django-rest-framework, unchanged: react-admin's login by JWT and by authtoken, and its data provider on the
// list of users. Only the base URL differs.

import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { after, before, test } from 'node:test'
import { startGatehouse } from '../cli/running.ts'

const { default: dataProvider, ...client } = createRequire(import.meta.url)(
  'ra-data-django-rest-framework',
)

const settings = {
  SEND_ACTIVATION_EMAIL: false,
  EMAIL_CHANGE_CONFIRMATION: false,
  DEFAULT_PAGINATION_CLASS: 'PageNumberPagination',
  PAGE_SIZE: 2,
  DEFAULT_FILTER_BACKENDS: 'SearchFilter,OrderingFilter',
}
const password = 'a pond of herons'
const staff = { username: 'staff@example.com', password }
const people = ['ada', 'grace', 'mary'].map((name) => `${name}@example.com`)

let gatehouse: Awaited<ReturnType<typeof startGatehouse>>

before(async () => {
  gatehouse = await startGatehouse(settings)
  const named = ['--email', staff.username, '--first_name', 'Jean', '--last_name', 'Bartik']
  const secret = { DJANGO_SUPERUSER_PASSWORD: password }
  const made = await gatehouse.project.run('createsuperuser', ['--noinput', ...named], secret)
  assert.equal(made.status, 0, made.output)
})
after(() => gatehouse.stop())

/** What a browser provides. */
function newStorage() {
  const items = new Map<string, string>()
  Object.assign(globalThis, {
    localStorage: {
      getItem: (name: string) => items.get(name) ?? null,
      setItem: (name: string, value: string) => items.set(name, value),
      removeItem: (name: string) => items.delete(name),
    },
  })
  return items
}

const ways = [
  ['jwtTokenAuthProvider', '/api/token/', 'fetchJsonWithAuthJWTToken', ['access', 'refresh']],
  ['tokenAuthProvider', '/api-token-auth/', 'fetchJsonWithAuthToken', ['token']],
] as const
const refusals = {
  jwtTokenAuthProvider: 'Unauthorized',
  tokenAuthProvider: 'Unable to log in with provided credentials.',
}

for (const [provider, path, fetchJson, kept] of ways) {
  test(`${provider}: login, use and logout`, async () => {
    const storage = newStorage()
    const auth = client[provider]({ obtainAuthTokenUrl: gatehouse.url + path })
    const me = () => client[fetchJson](`${gatehouse.url}/auth/users/me/`, {})

    const wrong = auth.login({ ...staff, password: 'a flock of geese' })
    await assert.rejects(wrong, { message: refusals[provider] })
    await assert.rejects(auth.checkAuth())

    await auth.login(staff)
    assert.deepEqual([...storage.keys()], kept)
    await auth.checkAuth()
    assert.equal((await me()).json.email, staff.username)

    for (const name of kept) storage.set(name, 'stolen')
    const refusal = await me().catch((error: unknown) => error)
    assert.equal(refusal.status, 401)
    await assert.rejects(auth.checkError(refusal))
    assert.equal(storage.size, 0)
    await auth.login(staff)
    await auth.logout()
    await assert.rejects(auth.checkAuth())
  })
}

test('the data provider: staff create, list, search, order, read and change users', async () => {
  newStorage()
  await client
    .jwtTokenAuthProvider({ obtainAuthTokenUrl: `${gatehouse.url}/api/token/` })
    .login(staff)
  const data = dataProvider(`${gatehouse.url}/auth`, client.fetchJsonWithAuthJWTToken)
  const list = async (q: string | undefined, page: number, order: string) => {
    const params = {
      filter: { q },
      pagination: { page, perPage: 2 },
      sort: { field: 'email', order },
    }
    const answer = await data.getList('users', params)
    return [answer.total, answer.data.map(({ email }: { email: string }) => email)]
  }
  const ids: number[] = []
  for (const email of people) {
    const sent = { email, password, first_name: 'A', last_name: 'B' }
    ids.push((await data.create('users', { data: sent })).data.id)
  }

  assert.deepEqual(await list(undefined, 1, 'ASC'), [4, people.slice(0, 2)])
  assert.deepEqual(await list(undefined, 1, 'DESC'), [4, [staff.username, people[2]]])
  assert.deepEqual(await list('gra', 1, 'ASC'), [1, [people[1]]])
  await assert.rejects(list(undefined, 3, 'ASC'), {
    status: 404,
    body: { detail: 'Invalid page.' },
  })

  const [ada, grace] = ids
  assert.equal((await data.getOne('users', { id: ada })).data.email, people[0])
  const { data: many } = await data.getMany('users', { ids })
  assert.deepEqual(
    many.map(({ id }: { id: number }) => id),
    ids,
  )
  const changed = await data.update('users', { id: ada, data: { first_name: 'Ada' } })
  assert.deepEqual([changed.data.id, changed.data.first_name], [ada, 'Ada'])
  const renamed = await data.updateMany('users', { ids: [ada, grace], data: { last_name: 'L' } })
  assert.deepEqual(renamed.data, [ada, grace])
  assert.equal((await data.getOne('users', { id: grace })).data.last_name, 'L')
  await assert.rejects(data.update('users', { id: ada, data: { first_name: '' } }), {
    status: 400,
    body: { first_name: ['This field may not be blank.'] },
  })
  // Djoser requires the caller's password to delete a user, and this client sends no body.
  await assert.rejects(data.delete('users', { id: ada }), {
    status: 400,
    body: { current_password: ['This field is required.'] },
  })
})
