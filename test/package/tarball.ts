// What the tarball holds.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { libraries } from '../../build/contents.ts'
import { pack, readJson, run, succeed, workshop } from './workshop.ts'

export interface Tarballs {
  gatehouse: string
  create: string
}

const builtFolder = 'dist/package'

/** Builds the package and packs it. */
export async function buildPackage(): Promise<Tarballs> {
  const { seconds } = await succeed(['npm', 'run', 'build'], { cwd: resolve('.') })
  console.log(`npm run build: ${seconds.toFixed(1)} s`)
  return {
    gatehouse: await pack(builtFolder),
    create: await pack('dist/create-gatehouse-auth'),
  }
}

export function testTheTarball({ gatehouse }: Tarballs) {
  const files = filesIn(gatehouse)

  test('the tarball holds code, assets, documents, examples and the template, and nothing else', () => {
    const [kib, total] = [statSync(gatehouse).size / 1024, sizeOf(builtFolder) / 1024]
    console.log(
      `tarball: ${kib.toFixed(0)} KiB, unpacked ${total.toFixed(0)} KiB, ${files.length} files`,
    )
    const folders = new Set(files.map((file) => file.split('/')[0]))
    assert.deepEqual(
      [...folders].sort(),
      [
        ...[
          'CHANGELOG.md',
          'LICENSE',
          'README.md',
          'THIRD-PARTY-LICENSES.txt',
          'assets',
          'bin',
          'dist',
        ],
        ...['docs', 'examples', 'package.json', 'template', 'wrangler.schema.json'],
      ].sort(),
    )
    const unwanted = files.filter((file) =>
      /\.dev\.vars|\.wrangler|node_modules|\.tgz|\.map$/.test(file),
    )
    assert.deepEqual(unwanted, [])
    const tests = files.filter((file) => /\.(test|node)\.ts$/.test(file))
    assert.deepEqual(tests, ['template/test/hello.test.ts'])
  })

  test('no file of it names this machine, and none holds a secret', () => {
    const texts = files
      .filter((file) => !/^assets\/|\.wasm$/.test(file))
      .map((file) => [file, readFileSync(join(builtFolder, file), 'utf8')] as const)
    const secrets =
      /-----BEGIN [A-Z ]*PRIVATE KEY-----\n|\bre_[A-Za-z0-9]{20}|\bnpm_[A-Za-z0-9]{30}/
    const found = texts.filter(([, text]) => text.includes(resolve('.')) || secrets.test(text))
    assert.deepEqual(
      found.map(([file]) => file),
      [],
    )
  })

  test('each library in the code has its notice', () => {
    const notices = readFileSync(join(builtFolder, 'THIRD-PARTY-LICENSES.txt'), 'utf8')
    for (const name of [
      ...libraries,
      '@phi-ag/argon2',
      '@scalar/fastify-api-reference',
      'wrangler',
    ])
      assert.match(notices, new RegExp(`^${name} \\d`, 'm'))
    assert.doesNotMatch(notices, /\b(A?GPL|LGPL)\b/)
  })

  test('npm installs no script of it, and only jose besides', () => {
    const manifest = readJson(join(builtFolder, 'package.json'))
    assert.deepEqual(Object.keys(manifest.dependencies), ['jose'])
    for (const name of ['scripts', 'devDependencies', 'optionalDependencies', 'private']) {
      assert.equal(manifest[name], undefined, name)
    }
  })

  test('npm pack in this repository is refused', async () => {
    const { status, output } = await run(['npm', 'pack'], { cwd: resolve('.') })
    assert.notEqual(status, 0)
    assert.match(output, /npm pack \.\/dist\/package/)
  })

  test('publint and are-the-types-wrong find nothing', async () => {
    const bin = resolve('node_modules/.bin')
    const publint = await succeed([join(bin, 'publint'), '--strict', builtFolder], {
      cwd: resolve('.'),
    })
    assert.match(publint.output, /All good/)
    const attw = [join(bin, 'attw'), gatehouse, '--profile', 'esm-only']
    await succeed(attw, { cwd: workshop })
  })
}

function filesIn(tarball: string): string[] {
  const { stdout } = spawnSync('tar', ['-tzf', tarball], { encoding: 'utf8' })
  return stdout
    .trim()
    .split('\n')
    .map((file) => file.replace(/^package\//, ''))
}

const sizeOf = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0)
