// What a deployer does first: a new project, `npm install`, a field, a claim and an endpoint of their own, and the Worker.

import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { bundleBudget } from '../../build/contents.ts'
import { file, gatehouse, inProject, project } from './project.ts'
import type { Tarballs } from './tarball.ts'
import { logIn, readReference, signUp, whileItRuns } from './worker.ts'
import {
  edit,
  folder,
  machines,
  npmInstall,
  readJson,
  succeed,
  versions,
  workshop,
} from './workshop.ts'

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

  test('npm run dev: sign-up, claim, endpoint and reference; then the users, by the command', async () => {
    const seconds = await whileItRuns(async (origin) => {
      await signUp(origin)
      await logIn(origin)
      await readReference(origin)
    })
    console.log(`first answer: ${seconds.toFixed(1)} s`)
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
