// A user model of a deployer's own, in a project: unique fields of every type, and hooks that know the fields.

import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { appendFileSync, readdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { after, before, test } from 'node:test'
import { packageName } from '../../cli/package.ts'
import { newDeployersProject } from './deployer.ts'
import { toItsEnd } from './project.ts'
import { freePort, waitForOutput } from './running.ts'

const project = await newDeployersProject()
const port = await freePort()
const origin = `http://localhost:${port}`
const password = 'a pond of herons'
let dev: ChildProcess | undefined

before(async () => {
  writeProject()
  const made = await project.run('makemigrations', '--name', 'own')
  assert.equal(made.status, 0, made.output)
  const [migration = ''] = readdirSync(project.file('migrations')).filter((name) =>
    /_own\.sql$/.test(name),
  )
  appendFileSync(
    project.file(`migrations/${migration}`),
    '\n--> statement-breakpoint\nINSERT INTO app_desks (id) VALUES (1);\n',
  )
  const vars = ['SEND_ACTIVATION_EMAIL:false', 'THROTTLE_ENABLED:false']
  const parameters = ['--port', String(port), ...vars.flatMap((each) => ['--var', each])]
  dev = project.start('dev', ...parameters)
  await waitForOutput(dev, `answers at ${origin}`)
  dev.stdout?.resume()
})

after(() => dev?.kill('SIGINT'))

test('hooks, routes and handlers with own fields and bindings are valid TypeScript', async () => {
  const tsc = resolve(project.file('node_modules'), 'typescript/bin/tsc')
  const run = spawn(process.execPath, [tsc, '-p', '.', '--diagnostics'], { cwd: project.folder })
  const { output } = await toItsEnd(run)
  assert.match(output, /^Files: /m)
  assert.doesNotMatch(output, /^(src|test)\//m)
})

const unique = { phone: '+100', badge: 7, born: '2001-02-03T04:05:06Z', desk: 1 }
const exists = (label: string) => [`user account with this ${label} already exists.`]

for (const [name, value] of Object.entries(unique)) {
  test(`${name} is unique at sign-up and in a PATCH, and null may be repeated`, async () => {
    const first = await signUp({ [name]: value })
    assert.deepEqual([first.status, first.body[name]], [201, value])
    const errors = { [name]: exists(name) }
    const second = await signUp({ [name]: value })
    assert.deepEqual([second.status, second.body], [400, errors])

    const email = newEmail()
    assert.equal((await signUp({ email, [name]: null })).status, 201)
    const { body } = await call('POST', '/auth/jwt/create/', { email, password })
    const edited = await call('PATCH', '/auth/users/me/', { [name]: value }, String(body.access))
    assert.deepEqual([edited.status, edited.body], [400, errors])
  })
}

test('all duplicates are reported together', async () => {
  const { status, body } = await signUp(unique)
  const names = Object.keys(unique)
  assert.deepEqual(
    [status, body],
    [400, Object.fromEntries(names.map((name) => [name, exists(name)]))],
  )
})

test('the hook completes a field that no request writes, and its duplicate is reported too', async () => {
  const email = newEmail('acme.example')
  const { status, body } = await signUp({ email, company: 'Sent' })
  assert.deepEqual([status, body.company, body.ticket], [201, 'acme.example', email.length])
  const again = await signUp({ email: newEmail('acme.example') })
  assert.deepEqual([again.status, again.body], [400, { ticket: exists('ticket') }])
  const refused = await signUp({ email: newEmail('evil.example') })
  assert.deepEqual([refused.status, refused.body], [400, { email: ['Not you.'] }])
})

test('a route of its own reads a binding of its own', async () => {
  const response = await fetch(`${origin}/api/greeting/`)
  assert.deepEqual(await response.json(), { greeting: 'Good morning' })
})

let count = 0
const newEmail = (domain = 'example.com') => `user${100 + count++}@${domain}`

const signUp = (sent: object) =>
  call('POST', '/auth/users/', { email: newEmail(), password, first_name: 'A', ...sent })

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

function writeProject() {
  project.write(
    'src/tables.ts',
    `import { integer, sqliteTable } from 'drizzle-orm/sqlite-core'
export const desks = sqliteTable('app_desks', { id: integer('id').primaryKey() })
`,
  )
  project.write('src/schema.ts', `${project.read('src/schema.ts')}\nexport * from './tables.ts'\n`)
  project.write(
    'src/user-model.ts',
    `import { dateTime, defineUserModel, integer, reference, standardFields, text } from '${packageName}/user-model'
import { desks } from './tables.ts'

export const userModel = defineUserModel({
  fields: {
    ...standardFields,
    phone: text({ maxLength: 20, unique: true }),
    badge: integer({ unique: true }),
    born: dateTime({ unique: true }),
    desk: reference(() => desks.id, { unique: true }),
    company: text({ readOnly: true, visibility: 'always' }),
    ticket: integer({ readOnly: true, visibility: 'always', unique: true }),
  },
  requiredFields: ['first_name', 'phone', 'badge', 'born', 'desk'],
})

declare module '${packageName}/user-model' {
  interface Register {
    userModel: typeof userModel
  }
}
`,
  )
  project.write(
    'src/hooks.ts',
    `import type { App, Hooks } from '${packageName}'

export interface Mine extends App {
  Bindings: App['Bindings'] & { GREETING: string }
}

export const hooks: Hooks<Mine['Bindings']> = {
  canAuthenticate: ({ company }) => company !== 'Banned Ltd',
  claims: { company: ({ company }) => company.toUpperCase() },
  async beforeSignUp({ fields: { email = '', badge, born }, env }) {
    const greeting: string = env.GREETING
    const sent: [number | null | undefined, Date | null | undefined] = [badge, born]
    if (email.endsWith('@evil.example')) return { errors: { email: ['Not you.'] } }
    if (greeting === '' || sent.length > 2 || !email.endsWith('@acme.example')) return undefined
    return { fields: { company: 'acme.example', ticket: email.length } }
  },
  onLoginSuccess: ({ user, env }) => console.log(user.company.length + env.GREETING.length),
}
`,
  )
  project.write(
    'src/routes.ts',
    `import { authenticated, type Authenticated, endpoint } from '${packageName}'
import { type Context, Hono } from 'hono'
import type { Mine } from './hooks.ts'

export const routes = new Hono<Mine>()

endpoint(routes, '/api/greeting/', { name: 'Greeting', GET: [greet] })
endpoint(routes, '/api/company/', { name: 'Company', guard: authenticated, GET: [authenticated, show] })

function greet(c: Context<Mine>) {
  return c.json({ greeting: c.env.GREETING })
}

function show(c: Context<Mine & Authenticated>) {
  return c.json({ company: c.var.user.company.trim(), greeting: c.env.GREETING })
}
`,
  )
  project.edit('wrangler.toml', '[vars]', '[vars]\nGREETING = "Good morning"')
}
