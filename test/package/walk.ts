// What a deployer does first: a new project, `npm install`, a field, a claim and an endpoint of their own, and the Worker.

import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { bundleBudget } from '../../build/contents.ts'
import { freePort, waitForOutput } from '../cli/running.ts'
import { file, gatehouse, inProject, project } from './project.ts'
import type { Tarballs } from './tarball.ts'
import {
  edit,
  folder,
  machines,
  npmInstall,
  readJson,
  start,
  stop,
  succeed,
  versions,
  workshop,
} from './workshop.ts'

const password = 'a pond of herons'

export function testTheWalk({ gatehouse: tarball, create: createTarball }: Tarballs) {
  test('npm create gatehouse-auth writes a project, on any Node', async () => {
    const launcher = join(workshop, 'launcher')
    folder('launcher', { 'package.json': { private: true } })
    await npmInstall(launcher, [tarball, createTarball])
    for (const [machine, PATH] of Object.entries(machines)) {
      const name = `my-auth${machine === 'system' ? '' : `-${machine}`}`
      const create = join(launcher, 'node_modules/.bin/create-gatehouse-auth')
      const { seconds } = await succeed([create, name], { cwd: workshop, PATH })
      const version = versions[machine as keyof typeof versions]
      console.log(`init: ${seconds.toFixed(1)} s on Node ${version}`)
      const { optionalDependencies = {} } = readJson(join(workshop, name, 'package.json'))
      const brings = Object.keys(optionalDependencies).length > 0
      assert.equal(brings, Number(version.slice(1).split('.')[0]) < 22, version)
    }
    assert.ok(existsSync(file('.gitignore')) && !existsSync(file('gitignore')))
    assert.ok(existsSync(file('migrations/meta/_journal.json')))
  })

  test('npm install, and the template is valid and its tests pass', async () => {
    edit(file('package.json'), [
      `"gatehouse-auth": "${readJson('package.json').version}"`,
      `"gatehouse-auth": "file:${tarball}"`,
    ])
    const { seconds } = await npmInstall(project)
    console.log(`npm install: ${seconds.toFixed(1)} s`)
    await inProject('npm', 'run', 'check')
    await inProject('npm', 'test')
    console.log(`Worker of the template: ${await kibOf('plain')} KiB gzipped`)
  })

  test('a field, a claim and an endpoint of their own', async () => {
    addOwnCode()
    await inProject('npx', '--no-install', 'tsc')
    await inProject('npm', 'run', 'makemigrations', '--', '--name', 'company')
    const added = readdirSync(file('migrations')).find((name) => name.endsWith('_company.sql'))
    assert.match(
      readFileSync(file(`migrations/${added}`), 'utf8'),
      /^ALTER TABLE `users` ADD `company` text/,
    )
    await inProject('npm', 'run', 'check')
    const size = await kibOf('own')
    console.log(`Worker with them: ${size} KiB gzipped`)
    assert.ok(Number(size) < bundleBudget)
  })

  test('npm run dev: sign-up, claim and endpoint; then the users, by the command', async () => {
    const port = await freePort()
    const started = performance.now()
    const parameters = ['--port', String(port), '--var', 'SEND_ACTIVATION_EMAIL:false']
    const dev = start(['npm', 'run', 'dev', '--', ...parameters], { cwd: project })
    try {
      await waitForOutput(dev, `answers at http://localhost:${port}`)
      console.log(`first answer: ${((performance.now() - started) / 1000).toFixed(1)} s`)
      await useIt(`http://localhost:${port}`)
    } finally {
      assert.ok(await stop(dev), 'Ctrl+C did not end it')
    }
    const { stdout } = await gatehouse('user', 'list', '--json')
    const [user] = JSON.parse(stdout)
    assert.deepEqual([user.email, user.company], ['ada@example.com', 'Herons Ltd'])
  })
}

/** `company` as a field, a claim of every token, and an endpoint that answers it. */
function addOwnCode() {
  edit(
    file('src/user-model.ts'),
    ['standardFields }', 'standardFields, text }'],
    ['    // A field is', '    company: text({ maxLength: 100 }),\n    // A field is'],
    ["'last_name'],", "'last_name', 'company'],"],
  )
  edit(file('src/hooks.ts'), [
    '  // A claim',
    '  claims: { company: (user) => user.company.toUpperCase() },\n  // A claim',
  ])
  edit(file('src/routes.ts'), [
    'function sayHello',
    `endpoint(routes, '/api/company/', {
  name: 'Company',
  guard: authenticated,
  GET: [authenticated, (c: Context<Authenticated>) => c.json({ company: c.var.user.company })],
})

function sayHello`,
  ])
}

async function useIt(origin: string) {
  const ada = { email: 'ada@example.com', password, first_name: 'Ada', last_name: 'Lovelace' }
  const missing = await post(`${origin}/auth/users/`, ada)
  assert.deepEqual([missing.status, missing.body], [400, { company: ['This field is required.'] }])
  const created = await post(`${origin}/auth/users/`, { ...ada, company: 'Herons Ltd' })
  assert.deepEqual([created.status, created.body.company], [201, 'Herons Ltd'])

  const { body: tokens } = await post(`${origin}/auth/jwt/create/`, { email: ada.email, password })
  const [, payload = ''] = String(tokens.access).split('.')
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
  assert.equal(claims.company, 'HERONS LTD')

  const headers = { authorization: `Bearer ${tokens.access}` }
  const own = await fetch(`${origin}/api/company/`, { headers })
  assert.deepEqual([own.status, await own.json()], [200, { company: 'Herons Ltd' }])
  const ready = await fetch(`${origin}/readyz`)
  assert.deepEqual(await ready.json(), { status: 'ok' })
}

async function post(url: string, body: object) {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

/** KiB of the bundle that a deploy sends, gzipped. */
async function kibOf(name: string): Promise<string> {
  const target = join(workshop, `bundle-${name}`)
  const assets = ['--assets', 'node_modules/gatehouse-auth/assets']
  const build = ['deploy', '--dry-run', '--env=', ...assets, '--outdir', target]
  await inProject('npx', '--no-install', 'wrangler', ...build)
  const files = readdirSync(target).filter((each) => /\.(js|wasm)$/.test(each))
  const bytes = files.map((each) => gzipSync(readFileSync(join(target, each))).length)
  return (bytes.reduce((sum, size) => sum + size, 0) / 1024).toFixed(1)
}
