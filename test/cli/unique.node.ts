// A unique field of the deployer's, and a default in code, in a copy of the project.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { header, line, quiet } from './importing.ts'
import { newProject } from './project.ts'
import { freePort, waitForOutput } from './running.ts'

const copied = ['src', 'cli', 'migrations', 'package.json', 'tsconfig.json', 'drizzle.config.ts']
const project = newProject({ copied })
const port = await freePort()
const origin = `http://localhost:${port}`
const password = 'a pond of herons'
const exists = 'user account with this phone number already exists.'
let dev: ReturnType<typeof project.start> | undefined

before(async () => {
  const role = /^ {2}role: text\(.*\),$/m
  const fields = `  role: {
    ...{ maxLength: 50, readOnly: 'except-staff', after: 'last_name' },
    column: textColumn('role').notNull().default('user').$default(() => 'customer'),
  },
  phone: text({ label: 'phone number', maxLength: 20, visibility: 'always', unique: true }),
  badge: integer({ readOnly: 'except-staff', visibility: 'always', unique: true }),`
  const shipped = readFileSync('src/user-model.ts', 'utf8')
  assert.match(shipped, role)
  const model = shipped
    .replace(role, () => fields)
    .replace('type Field, text }', 'type Field, integer, text }')
    .replace('import { sqliteTable }', 'import { sqliteTable, text as textColumn }')
  project.write('src/user-model.ts', model)
  const { status, output } = await project.run('makemigrations', ['--name', 'phone'])
  assert.equal(status, 0, output)
  const vars = ['SEND_ACTIVATION_EMAIL:false', 'THROTTLE_ENABLED:false']
  const parameters = ['--port', String(port), ...vars.flatMap((each) => ['--var', each])]
  dev = project.start('dev', parameters)
  await waitForOutput(dev, `answers at ${origin}`)
  dev.stdout?.resume()
})

after(() => dev?.kill('SIGINT'))

test('sign-up and PATCH answer a duplicate with REST framework’s sentence, and null may be repeated', async () => {
  const ada = await signUp({ email: 'ada@example.com', phone: '+100' })
  assert.deepEqual([ada.status, ada.body.phone, ada.body.role], [201, '+100', 'customer'])

  const bob = await signUp({ email: 'bob@example.com', phone: '+100' })
  assert.deepEqual([bob.status, bob.body], [400, { phone: [exists] }])
  assert.equal((await signUp({ email: 'bob@example.com', phone: null })).status, 201)
  assert.equal((await signUp({ email: 'carl@example.com' })).status, 201)

  const access = await logIn('bob@example.com')
  for (const method of ['PATCH', 'PUT']) {
    const sent = { first_name: 'B', last_name: 'B', phone: '+100' }
    const edited = await call(method, '/auth/users/me/', sent, access)
    assert.deepEqual([edited.status, edited.body], [400, { phone: [exists] }])
  }
  const own = await call('PATCH', '/auth/users/me/', { phone: '+200' }, access)
  assert.deepEqual([own.status, own.body.phone], [200, '+200'])
  assert.equal((await call('PATCH', '/auth/users/me/', { phone: '+200' }, access)).status, 200)
  assert.equal((await call('PATCH', '/auth/users/me/', { phone: null }, access)).status, 200)
})

test('a duplicate is reported together with the other errors', async () => {
  const { body } = await signUp({ email: 'ada@example.com', phone: '+100', password: 'a' })
  assert.deepEqual(Object.keys(body).sort(), ['email', 'phone'])
  const again = await signUp({ email: 'ada@example.com', phone: '+100' })
  assert.deepEqual(Object.keys(again.body).sort(), ['email', 'phone'])
  const blank = await signUp({ email: 'nobody', phone: '+100', first_name: '' })
  assert.deepEqual(Object.keys(blank.body).sort(), ['email', 'first_name', 'phone'])

  const access = await logIn('bob@example.com')
  const edited = await call('PATCH', '/auth/users/me/', { first_name: '', phone: '+100' }, access)
  assert.deepEqual([edited.status, Object.keys(edited.body)], [400, ['first_name', 'phone']])
})

test('of many sign-ups at once with the same value, one succeeds', async () => {
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, i) => signUp({ email: `race${i}@example.com`, phone: '+300' })),
  )
  const statuses = answers.map(({ status }) => status).sort()
  assert.deepEqual(statuses, [201, ...Array(7).fill(400)])
})

test('staff, createsuperuser and npm run user cannot write a duplicate either', async () => {
  const env = { DJANGO_SUPERUSER_PASSWORD: password }
  const root = ['--noinput', '--email', 'root@example.com', '--first_name', 'R', '--last_name', 'R']
  const made = await project.run('createsuperuser', root, env)
  assert.equal(made.status, 0, made.output)
  const access = await logIn('root@example.com')
  const edit = (id: number, sent: object) => call('PATCH', `/auth/users/${id}/`, sent, access)

  assert.equal((await edit(1, { badge: 7 })).body.badge, 7)
  const { status, body } = await edit(2, { badge: 7, phone: '+100' })
  assert.equal(status, 400)
  assert.deepEqual(body, {
    phone: [exists],
    badge: ['user account with this badge already exists.'],
  })

  const set = await project.run('user', ['set', 'bob@example.com', 'phone=+100'])
  assert.equal(set.status, 1)
  assert.match(set.output, /^phone: another user has this value\.\nNothing was changed\.\n$/)
})

test('an import leaves out a user with the value of another row, or of a user here', async () => {
  const rows = [line(500, 'e@example.com', ',,,+500'), line(501, 'f@example.com', ',,,+500')]
  rows.push(line(502, 'g@example.com', ',,,+100'), line(503, 'h@example.com', ',,,'))
  project.write('users.csv', `${header},phone\n${rows.join('\n')}\n`)

  const { output } = await project.run(
    'import-django',
    ['--dry-run', '--local', 'users.csv'],
    quiet,
  )

  assert.match(output, /a phone that another row has, and that must be unique.*501 = 500/s)
  assert.match(output, /a phone that a user here has, and that must be unique.*502 = 1/s)
  assert.doesNotMatch(output, /503/)
})

const signUp = (sent: object) =>
  call('POST', '/auth/users/', { password, first_name: 'A', last_name: 'B', ...sent })

async function logIn(email: string) {
  const { body } = await call('POST', '/auth/jwt/create/', { email, password })
  return String(body.access)
}

async function call(method: string, path: string, sent: object, token?: string) {
  const response = await fetch(origin + path, {
    method,
    headers: {
      'content-type': 'application/json',
      ...(token && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(sent),
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}
