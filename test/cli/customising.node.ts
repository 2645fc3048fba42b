// The parking app of docs/customising.md: its code is written into a deployer's project, whose database has a user already.
// Then the app is built, run and used.

import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { appendFileSync, existsSync, readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { after, before, test } from 'node:test'
import { gatehouseWith, newDeployersProject } from './deployer.ts'
import { toItsEnd } from './project.ts'
import { freePort, waitForOutput } from './running.ts'

const guide = readFileSync('docs/customising.md', 'utf8')
const project = await newDeployersProject()
const port = await freePort()
const origin = `http://localhost:${port}`
const password = 'a pond of herons'
let dev: ChildProcess | undefined

/** A program in node_modules, run in the project. */
const inProject = (script: string, ...parameters: string[]) =>
  spawn(process.execPath, [resolve(project.file('node_modules'), script), ...parameters], {
    cwd: project.folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  })

const wrangler = (...parameters: string[]) =>
  toItsEnd(inProject('wrangler/bin/wrangler.js', ...parameters))

before(async () => {
  await succeeding(wrangler('d1', 'migrations', 'apply', 'DB', '--local'))
  const digest = createHash('sha256').update(password).digest('hex')
  const columns = '(email, email_key, password, status, date_joined)'
  const values = `('vieja@example.com', 'vieja@example.com', '${digest}', 'active', 1700000000000)`
  const insert = `INSERT INTO users ${columns} VALUES ${values}`
  await succeeding(wrangler('d1', 'execute', 'DB', '--local', '--command', insert))

  followGuide()
  await succeeding(project.run('makemigrations', '--name', 'parking'))
  appendFileSync(newMigration(), block('sql migrations'))

  const single = [
    'ROTATE_REFRESH_TOKENS:1',
    'BLACKLIST_AFTER_ROTATION:1',
    'REFRESH_TOKEN_REUSE_INTERVAL:0',
  ]
  const vars = ['SEND_ACTIVATION_EMAIL:false', 'DEFAULT_FILTER_BACKENDS:SearchFilter', ...single]
  const parameters = ['--port', String(port), ...vars.flatMap((each) => ['--var', each])]
  dev = inProject('gatehouse-auth/bin/gatehouse.js', 'dev', ...parameters)
  await waitForOutput(dev, `answers at ${origin}`)
})

after(() => dev?.kill('SIGINT'))

test('the code of the guide is valid TypeScript, and builds', async () => {
  // The project refers to our sources here, which have fewer checks than a deployer's. test/package has the built types.
  const { output } = await toItsEnd(inProject('typescript/bin/tsc', '-p', '.', '--diagnostics'))
  assert.match(output, /^Files: /m)
  assert.doesNotMatch(output, /^(src|test)\//m)
  await succeeding(wrangler('deploy', '--dry-run', '--outdir', project.file('bundle')))
  assert.ok(existsSync(project.file('bundle/index.js')))
})

test('a new user gets the defaults, and writes their own fields', async () => {
  const ana = { email: 'ana@example.com', password, placa: 'ABC-123', id_ciudad: 2 }
  const { status, body } = await call('POST', '/auth/users/', {
    ...ana,
    token_notificacion: 'secreto-de-ana',
    rol_usuario: 1,
    estado: 3,
  })
  assert.equal(status, 201)
  const { fecha_creacion, fecha_modificacion, ...shown } = body
  assert.deepEqual(shown, {
    ...{ placa: 'ABC-123', id_ciudad: 2, id_pais: 1, rol_usuario: 2 },
    ...{ email: 'ana@example.com', id: 2, estado: 1 },
  })
  assert.ok(Math.abs(Date.parse(String(fecha_creacion)) - Date.now()) < 60_000)
  const [kept] = await rows('SELECT token_notificacion FROM users WHERE id = 2')
  assert.equal(kept, 'secreto-de-ana')

  const { access } = await logIn('ana@example.com')
  const edited = await call('PATCH', '/auth/users/me/', { placa: null, id_pais: '2' }, access)
  assert.equal(edited.body.placa, null)
  assert.equal(edited.body.id_pais, 2)
  assert.ok(String(edited.body.fecha_modificacion) > String(fecha_modificacion))
})

const refused: [string, Record<string, unknown>, Record<string, string[]>][] = [
  [
    'a reference to a row that does not exist',
    { id_ciudad: 99, id_pais: 98 },
    {
      id_ciudad: ['Invalid pk "99" - object does not exist.'],
      id_pais: ['Invalid pk "98" - object does not exist.'],
    },
  ],
  [
    'no reference at all',
    { id_ciudad: null, id_pais: 'Quito' },
    {
      id_ciudad: ['This field may not be null.'],
      id_pais: ['Incorrect type. Expected pk value, received str.'],
    },
  ],
  [
    'a plate and an email that are too long',
    { placa: 'ABC-123-XYZ', email: `${'a'.repeat(40)}@example.com` },
    {
      placa: ['Ensure this field has no more than 8 characters.'],
      email: ['Ensure this field has no more than 50 characters.'],
    },
  ],
  [
    'a plate with other characters',
    { placa: 'abc 1' },
    { placa: ['Enter a valid licence plate.'] },
  ],
]

for (const [circumstance, sent, errors] of refused) {
  test(`${circumstance}: refused at sign-up and as an edit`, async () => {
    const person = { email: 'eva@example.com', password }
    const signUp = await call('POST', '/auth/users/', { ...person, ...sent })
    assert.deepEqual([signUp.status, signUp.body], [400, errors])

    const { access } = await logIn('vieja@example.com')
    const { email: _, ...editable } = errors
    const edit = await call('PATCH', '/auth/users/me/', sent, access)
    assert.deepEqual([edit.status, edit.body], [400, editable])
  })
}

test('a user from before keeps their id and bare SHA-256, which their login replaces', async () => {
  const { access, refresh, user, expires_in } = await logIn('vieja@example.com')
  assert.deepEqual(user, { id: 1, email: 'vieja@example.com', placa: null })
  assert.equal(expires_in, 8 * 60 * 60)
  for (const token of [access, refresh]) {
    const claims = JSON.parse(
      Buffer.from(String(token).split('.')[1] ?? '', 'base64url').toString(),
    )
    assert.equal(claims.rol, 2)
  }
  const [hash] = await rows('SELECT password FROM users WHERE id = 1')
  assert.match(String(hash), /^argon2\$argon2id\$/)

  const { body } = await call('GET', '/auth/users/me/', undefined, access)
  assert.deepEqual([body.id_ciudad, body.id_pais, body.rol_usuario, body.estado], [1, 1, 2, 1])
  assert.equal(body.fecha_creacion, '2023-11-14T22:13:20.000Z')
})

test('a user that canAuthenticate rejects can neither log in, refresh nor use a token', async () => {
  await call('POST', '/auth/users/', { email: 'rita@example.com', password })
  const { access, refresh } = await logIn('rita@example.com')
  await rows("UPDATE users SET rol_usuario = 3 WHERE email = 'rita@example.com'")

  const person = { email: 'rita@example.com', password }
  assert.equal((await call('POST', '/auth/jwt/create/', person)).status, 401)
  assert.equal((await call('POST', '/auth/jwt/refresh/', { refresh })).status, 401)
  assert.equal((await call('GET', '/auth/users/me/', undefined, access)).status, 401)

  // Accepted again, the user can log in. A second try of the old token is not reported as theft.
  await rows("UPDATE users SET rol_usuario = 2 WHERE email = 'rita@example.com'")
  const again = await call('POST', '/auth/jwt/refresh/', { refresh })
  assert.deepEqual([again.status, again.body.detail], [401, 'Token is blacklisted'])
  await logIn('rita@example.com')
  assert.deepEqual(await rows("SELECT id FROM security_events WHERE type = 'refresh_reused'"), [])
})

test('only staff see the list, and it shows no push token', async () => {
  const path = '/Database/usuarios/'
  assert.equal((await call('GET', path)).status, 401)
  const ana = await logIn('vieja@example.com')
  assert.equal((await call('GET', path, undefined, ana.access)).status, 403)

  const fields = ['--email=jefe@example.com', '--placa=JEFE-1', '--id_ciudad=2', '--id_pais=1']
  const env = { DJANGO_SUPERUSER_PASSWORD: password }
  await succeeding(gatehouseWith(env, project.folder, 'createsuperuser', '--noinput', ...fields))
  const jefe = await logIn('jefe@example.com')
  const { body } = await call('GET', `${path}`, undefined, jefe.access)
  const people = body as unknown as Record<string, unknown>[]
  const emails = people.map(({ email }) => email)
  assert.ok(emails.includes('vieja@example.com') && emails.includes('jefe@example.com'))
  const { rol, id_ciudad, placa, estado } = people.at(-1) ?? {}
  assert.deepEqual([rol, id_ciudad, placa, estado], ['conductor', 2, 'JEFE-1', 1])
  assert.ok(!JSON.stringify(body).includes('secreto-de-ana'))

  const search = (term: string) =>
    call('GET', `/auth/users/?search=${term}`, undefined, jefe.access)
  assert.equal(Object.keys((await search('jefe-1')).body).length, 1)
  assert.deepEqual((await search('secreto-de-ana')).body, [])
})

function followGuide() {
  for (const name of ['tables', 'user-model', 'hooks', 'routes']) {
    project.write(`src/${name}.ts`, block(`ts src/${name}.ts`))
  }
  project.write('src/schema.ts', project.read('src/schema.ts') + block('ts src/schema.ts'))
  project.edit('wrangler.toml', '[vars]\n', `[vars]\n${block('toml wrangler.toml')}`)
}

/** A code block of the guide, by the words of its fence. */
function block(fence: string): string {
  const start = guide.indexOf(`\`\`\`${fence}\n`)
  assert.ok(start >= 0, `the guide has no block "${fence}"`)
  const from = start + fence.length + 4
  return guide.slice(from, guide.indexOf('```', from))
}

function newMigration(): string {
  const name = readdirSync(project.file('migrations')).find((each) => each.endsWith('_parking.sql'))
  assert.ok(name, 'makemigrations wrote a migration')
  return project.file(`migrations/${name}`)
}

async function succeeding(run: Promise<{ status: unknown; output: string }>): Promise<string> {
  const { status, output } = await run
  assert.equal(status, 0, output)
  return output
}

/** The first column of the rows that a statement finds. */
async function rows(statement: string): Promise<unknown[]> {
  const output = await succeeding(
    wrangler('d1', 'execute', 'DB', '--local', '--json', '--command', statement),
  )
  const [{ results }] = JSON.parse(output.slice(output.indexOf('[\n'))) as [{ results: object[] }]
  return results.map((row) => Object.values(row)[0])
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
  const body = (await response.json()) as Record<string, unknown>
  return { status: response.status, body }
}

async function logIn(email: string) {
  const { status, body } = await call('POST', '/auth/jwt/create/', { email, password })
  assert.equal(status, 200, JSON.stringify(body))
  return body
}
