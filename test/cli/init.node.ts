// `gatehouse init`: a new project from the template.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, test } from 'node:test'
import manifest from '../../package.json' with { type: 'json' }
import { gatehouse, newFolder } from './deployer.ts'

describe('gatehouse init', () => {
  test('writes a project with the name of its folder, and says what to do next', async () => {
    const folder = newFolder()

    const { status, output } = await gatehouse(folder, 'init', 'Ana & Co')

    assert.equal(status, 0, output)
    assert.match(
      output,
      /^The project is in Ana & Co\. Next:\n\n {2}cd "Ana & Co"\n {2}npm install\n {2}npm run dev\n$/,
    )
    const read = (name: string) => readFileSync(join(folder, 'Ana & Co', name), 'utf8')
    const { name, dependencies, optionalDependencies } = JSON.parse(read('package.json'))
    assert.equal(name, 'ana-co')
    assert.equal(dependencies[manifest.name], manifest.version)
    assert.equal(optionalDependencies, undefined)
    assert.match(read('wrangler.toml'), /^name = "ana-co"$/m)
    assert.match(read('.gitignore'), /^node_modules/m)
    assert.ok(!existsSync(join(folder, 'Ana & Co', 'gitignore')))
    assert.ok(existsSync(join(folder, 'Ana & Co', 'migrations/meta/_journal.json')))
    for (const file of ['user-model', 'hooks', 'routes', 'schema', 'index']) read(`src/${file}.ts`)
  })

  test('writes into an empty folder, and refuses one that is not empty', async () => {
    const folder = newFolder()
    mkdirSync(join(folder, 'my-auth'))
    assert.equal((await gatehouse(join(folder, 'my-auth'), 'init', '.')).status, 0)

    const { status, output } = await gatehouse(folder, 'init', 'my-auth')

    assert.deepEqual(
      { status, output },
      { status: 1, output: 'my-auth is not empty. Name a new directory.\n' },
    )
  })

  test('refuses a name without letters and digits', async () => {
    const { status, output } = await gatehouse(newFolder(), 'init', '…')

    assert.equal(status, 1)
    assert.match(output, /^… has no letter/)
  })

  test('--dry-run lists the files and writes none', async () => {
    const folder = newFolder()

    const { status, output } = await gatehouse(folder, 'init', 'my-auth', '--dry-run')

    assert.equal(status, 0)
    assert.match(output, /^my-auth\/\.gitignore$/m)
    assert.match(output, /^my-auth\/src\/user-model\.ts$/m)
    assert.deepEqual(readdirSync(folder), [])
  })
})

describe('bin/gatehouse.js', () => {
  /** Starts it in a folder whose project has a fake Node, as if this Node were 20. */
  function underNode20(version: string) {
    const folder = newFolder()
    const name = `node-${process.platform}-${process.arch}`
    const own = join(folder, 'node_modules', name)
    mkdirSync(join(own, 'bin'), { recursive: true })
    writeFileSync(join(own, 'package.json'), JSON.stringify({ version }))
    const fake = '#!/bin/sh\necho "node $*"\nexit 7\n'
    writeFileSync(join(own, 'bin/node'), fake, { mode: 0o755 })
    const old = `Object.defineProperty(process.versions, 'node', { value: '20.19.5' })`
    const parameters = ['--import', `data:text/javascript,${encodeURIComponent(old)}`]
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [...parameters, resolve('bin/gatehouse.js'), 'user', 'list'],
      { cwd: folder, encoding: 'utf8' },
    )
    return { status, output: stdout + stderr }
  }

  const isPosix = process.platform === 'linux'

  test('starts again with the Node of the project, and ends with its status', {
    skip: !isPosix,
  }, () => {
    const { status, output } = underNode20('22.23.2')

    assert.equal(status, 7)
    assert.match(output, /^node --disable-warning=ExperimentalWarning \S+ user list\n$/)
  })

  test('says what to install if the project has no Node that is new enough', {
    skip: !isPosix,
  }, () => {
    const { status, output } = underNode20('22.17.0')

    assert.equal(status, 1)
    assert.match(
      output,
      /^Gatehouse requires Node 22\.18 or newer\. This is Node 20\.19\.5\. .*npm install/,
    )
  })
})
