// Other Workers: they install the package for `/hono` or `/service` alone, without Drizzle and wrangler of ours.

import assert from 'node:assert/strict'
import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { file } from './project.ts'
import type { Tarballs } from './tarball.ts'
import { folder, machines, npmInstall, readJson, succeed, workshop } from './workshop.ts'

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

  for (const resolution of ['bundler', 'nodenext']) {
    test(`its types are closed under ${resolution}, with skipLibCheck: false`, async () => {
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
}
