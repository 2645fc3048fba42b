// Other Workers and front ends: they install the package for `/hono`, `/service` or `/client` alone, without Drizzle and wrangler of
// ours.

import assert from 'node:assert/strict'
import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { Rolldown } from 'tsdown'
import { typesOf } from '../../cli/openapi-typescript.ts'
import { file, gatehouse } from './project.ts'
import type { Tarballs } from './tarball.ts'
import { folder, machines, npmInstall, readJson, succeed, versions, workshop } from './workshop.ts'

const source = `
import { type Guarded, requireAccessToken } from 'gatehouse-auth/hono'
import type { GatehouseService, Verification } from 'gatehouse-auth/service'
import { Hono } from 'hono'

const app = new Hono()
app.use('/books/*', requireAccessToken({ issuer: 'https://auth.example.com', audience: 'library' }))
app.get('/books/', (c) => c.json({ ok: true }))

const own = new Hono<Guarded>()
own.get('/', (c) => c.json({ id: c.var.user.id satisfies string | number }))

export async function ask(service: GatehouseService): Promise<Verification> {
  // @ts-expect-error a token is a text, so the types are not \`any\`
  await service.verify(1)
  return service.verify('token', { fresh: true })
}

// @ts-expect-error both options are required
requireAccessToken({ issuer: 'https://auth.example.com' })

export { app, own }
`

/** A front end, with the types of the project of these tests, whose users have a company, and with those of the package. */
const frontEnd = `
import { createClient } from 'gatehouse-auth/client'
import { createTokenClient } from 'gatehouse-auth/client/authtoken'
import type { paths } from './auth.d.ts'

const url = 'https://auth.example.com'
const own = createClient<paths>({ url, storage: 'local' })
const standard = createClient({ url })
const person = { email: 'ada@example.com', password: 'a pond of herons', first_name: 'Ada', last_name: 'Lovelace' }

export async function types() {
  const me = await own.me()
  me.data?.company satisfies string | undefined
  // @ts-expect-error the standard user has no company
  ;(await standard.me()).data?.company
  // @ts-expect-error the types are not \`any\`
  me.data?.nothing

  const { error } = await own.signUp({ ...person, company: 'Herons Ltd' })
  error?.fields.company satisfies string[] | undefined
  // @ts-expect-error this deployment requires a company
  await own.signUp(person)
  const standardSignUp = await standard.signUp(person)
  standardSignUp.error?.fields.email satisfies string[] | undefined
  // @ts-expect-error no such field
  standardSignUp.error?.fields.company
  // @ts-expect-error no such path
  await own.GET('/nothing/')

  const keys = createTokenClient<paths>({ url })
  ;(await keys.me()).data?.company satisfies string | undefined
}
`

/** Logs in with tokens, and asks a server that does not exist. */
const script = `
import { createClient } from 'gatehouse-auth/client'

const auth = createClient({ url: 'http://127.0.0.1:9' })
const claims = Buffer.from(JSON.stringify({ user_id: 7, iat: 0, exp: 300 })).toString('base64url')
await auth.setSession({ access: 'e30.' + claims + '.', refresh: 'a refresh token' })
const { error } = await auth.me()
const user = auth.session().claims.user_id
console.log(JSON.stringify({ version: process.version, status: error.status, user }))
`

const compilerOptions = {
  target: 'ES2023',
  lib: ['ES2023', 'DOM', 'DOM.Iterable'],
  types: [],
  strict: true,
  skipLibCheck: false,
  noEmit: true,
}

export function testConsumers({ gatehouse: tarball }: Tarballs) {
  const tsc = file('node_modules/typescript/bin/tsc')
  const { hono } = readJson('package.json').devDependencies
  const path = join(workshop, 'library')

  test('a resource server installs only Hono and jose besides', async () => {
    folder('library', {
      'package.json': { name: 'library', private: true, type: 'module' },
      'src/books.ts': source,
      'bundler.json': {
        compilerOptions: { ...compilerOptions, module: 'ESNext', moduleResolution: 'bundler' },
        include: ['src'],
      },
      'nodenext.json': {
        compilerOptions: { ...compilerOptions, module: 'NodeNext', moduleResolution: 'NodeNext' },
        include: ['src'],
      },
    })
    await npmInstall(path, [tarball, `hono@${hono}`])
    const installed = readdirSync(join(path, 'node_modules')).filter(
      (name) => !name.startsWith('.'),
    )
    assert.deepEqual(installed.sort(), ['gatehouse-auth', 'hono', 'jose'])
  })

  test('a front end takes its types from the document of the project', async () => {
    const { stdout } = await gatehouse('openapi')
    folder('library', {
      'src/auth.d.ts': await typesOf(JSON.parse(stdout)),
      'src/front-end.ts': frontEnd,
    })
  })

  for (const resolution of ['bundler', 'nodenext']) {
    test(`the types of both are closed under ${resolution}, with skipLibCheck: false`, async () => {
      await succeed(['node', tsc, '-p', `${resolution}.json`], { cwd: path })
    })
  }

  test('its bundle holds the middleware, Hono and jose', async () => {
    cpSync('examples/resource-server', path, { recursive: true })
    const wrangler = file('node_modules/wrangler/bin/wrangler.js')
    const target = join(path, 'bundle')
    const build = ['deploy', '--dry-run', '--minify', '--outdir', target]
    await succeed(['node', wrangler, ...build], { cwd: path, PATH: machines.newer })
    const size = gzipSync(readFileSync(join(target, 'index.js'))).length / 1024
    console.log(`resource server: ${size.toFixed(1)} KiB gzipped`)
    assert.ok(size < 20)
    assert.ok(!existsSync(join(target, 'argon2.wasm')))
  })

  test('the client runs on the Node of this machine', async () => {
    folder('library', { 'client.mjs': script })
    const { stdout } = await succeed(['node', 'client.mjs'], { cwd: path })
    assert.deepEqual(JSON.parse(stdout), { version: versions.system, status: 0, user: 7 })
  })

  test('the bundle of a front end holds the client alone, in 5 KiB', async () => {
    const input = folder('library', { 'client.js': "export * from 'gatehouse-auth/client'" })
    const bundle = await Rolldown.rolldown({ input: join(input, 'client.js') })
    const { output } = await bundle.generate({ minify: true })
    assert.equal(output.length, 1)
    const size = gzipSync(output[0].code).length / 1024
    console.log(`client: ${size.toFixed(2)} KiB gzipped`)
    assert.ok(size < 5)
    assert.doesNotMatch(output[0].code, /\bimport\b/)
  })
}
