// A user model with sixty columns, in a copy of the project. The copy checks every statement against the limits of D1,
// which the local database does not have.

import assert from 'node:assert/strict'
import { cpSync, readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { newProject } from './project.ts'
import { freePort, waitForOutput } from './running.ts'

const copied = ['src', 'migrations', 'cli', 'package.json', 'tsconfig.json', 'drizzle.config.ts']
const project = newProject({ copied })
const origin = `http://localhost:${await freePort()}`
const password = 'a pond of herons'
const email = 'ada@example.com'
const named = { first_name: 'Ada', last_name: 'Lovelace' }
const names = Array.from({ length: 60 }, (_, at) => `extra_${at}`)
const filled = Object.fromEntries(names.map((name, at) => [name, `value ${at}`]))
let dev: ReturnType<typeof project.start> | undefined

before(async () => {
  replace('src/user-model.ts', [
    [
      /(export const standardFields = \{\n)/,
      `$1${names.map((name) => `  ${name}: text({ visibility: 'always' }),\n`).join('')}`,
    ],
  ])
  cpSync('test/support/d1-limits.ts', project.file('src/d1-limits.ts'))
  replace('src/db.ts', [
    [/^import /m, "import { beyondLimits } from './d1-limits.ts'\nimport "],
    [/prepare: \(text: string\) => /, '$&refuse(text) ?? '],
    [
      /$/,
      `\nfunction refuse(sql: string): undefined {
  const [problem] = beyondLimits(sql)
  if (problem) throw new Error(problem)
}\n`,
    ],
  ])
  const generated = project.runScript('drizzle-kit/bin.cjs', ['generate', '--name', 'sixty'])
  const { status, output } = await generated
  assert.equal(status, 0, output)
  const vars = ['SEND_ACTIVATION_EMAIL:false', 'DEFAULT_FILTER_BACKENDS:SearchFilter']
  const parameters = ['--port', new URL(origin).port, ...vars.flatMap((each) => ['--var', each])]
  dev = project.start('dev', parameters)
  await waitForOutput(dev, `answers at ${origin}`)
})

after(() => dev?.kill('SIGINT'))

test('a user signs up, logs in, refreshes, edits and exports with sixty columns', async () => {
  const signedUp = await call('POST', '/auth/users/', { email, password, ...named, ...filled })
  assert.equal(signedUp.status, 201, JSON.stringify(signedUp.body))

  const loggedIn = await call('POST', '/auth/jwt/create/', { email, password })
  assert.equal(loggedIn.status, 200, JSON.stringify(loggedIn.body))
  const refreshed = await call('POST', '/auth/jwt/refresh/', { refresh: loggedIn.body.refresh })
  assert.equal(refreshed.status, 200, JSON.stringify(refreshed.body))

  const token = refreshed.body.access
  const me = await call('GET', '/auth/users/me/', undefined, token)
  assert.deepEqual(pick(me.body), filled)
  const other = Object.fromEntries(names.map((name) => [name, `other ${name}`]))
  for (const method of ['PATCH', 'PUT']) {
    const sent = { email, ...named, ...other }
    const edited = await call(method, '/auth/users/me/', sent, token)
    assert.equal(edited.status, 200, JSON.stringify(edited.body))
    assert.deepEqual(pick(edited.body), other)
  }
  const exported = await call('GET', '/auth/users/me/export/', undefined, token)
  assert.deepEqual(pick(exported.body.user as Record<string, unknown>), other)
  const change = { current_password: password, new_password: 'a flock of herons' }
  assert.equal((await call('POST', '/auth/users/set_password/', change, token)).status, 204)
})

test('staff search in all columns', async () => {
  const made = await project.run(
    'createsuperuser',
    [
      '--noinput',
      '--email=staff@example.com',
      '--first_name=S',
      '--last_name=T',
      ...names.map((name) => `--${name}=needle`),
    ],
    { DJANGO_SUPERUSER_PASSWORD: password },
  )
  assert.equal(made.status, 0, made.output)
  const staff = { email: 'staff@example.com', password }
  const { access } = (await call('POST', '/auth/jwt/create/', staff)).body
  const found = await call('GET', '/auth/users/?search=extra_59', undefined, access)
  assert.equal(found.status, 200, JSON.stringify(found.body))
  assert.equal((found.body as unknown as unknown[]).length, 1)
})

const pick = (body: Record<string, unknown>) =>
  Object.fromEntries(names.map((name) => [name, body[name]]))

/** Changes a file of the copy. Each pattern must match. */
function replace(name: string, changes: [pattern: RegExp, written: string][]) {
  let text = readFileSync(project.file(name), 'utf8')
  for (const [pattern, written] of changes) {
    assert.match(text, pattern)
    text = text.replace(pattern, written)
  }
  project.write(name, text)
}

async function call(method: string, path: string, json?: object, token?: unknown) {
  const response = await fetch(origin + path, {
    method,
    headers: {
      'content-type': 'application/json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    ...(json && { body: JSON.stringify(json) }),
  })
  const body = (await response.json().catch(() => ({}))) as Record<string, unknown>
  return { status: response.status, body }
}
