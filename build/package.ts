// Part of `npm run build`, after tsdown: completes dist/package/, which `npm pack ./dist/package` packs, and
// dist/create-gatehouse-auth/ (docs/decisions/049).

import { cpSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { settingsSources } from '../cli/settings-page/sources.ts'
import manifest from '../package.json' with { type: 'json' }
import { codeFolder, modules, notices, packageFolder, schemaFile } from './contents.ts'
import { referenceScript } from './reference-script.ts'
import { varsSchema } from './vars-schema.ts'
import { wranglerSchema } from './wrangler-schema.ts'

const createFolder = 'dist/create-gatehouse-auth'

const copied = ['README.md', 'CHANGELOG.md', 'LICENSE', 'bin', 'assets', 'template', 'examples']

/** What installing, building and running an example leaves in its folder. */
const generated =
  /[\\/](?:node_modules|dist|\.next|\.nuxt|\.output|\.expo|\.wrangler|\.dev\.vars)(?:[\\/]|$)/

function main() {
  for (const path of [...copied, ...globSync('docs/{,front-ends/}*.md')]) copy(path, packageFolder)
  writeFileSync(join(packageFolder, 'assets/reference/scalar.js'), referenceScript())
  // A new project begins with the migrations that this repository's own database has.
  copy('migrations', join(packageFolder, 'template'))
  cpSync(
    fileURLToPath(import.meta.resolve('@phi-ag/argon2/argon2.wasm')),
    join(codeFolder, 'argon2.wasm'),
  )
  write(packageFolder, packageManifest())
  writeFileSync(join(packageFolder, schemaFile), JSON.stringify(editorSchema()))

  rmSync(createFolder, { recursive: true, force: true })
  cpSync('create-gatehouse-auth', createFolder, { recursive: true })
  copy('LICENSE', createFolder)
  const { private: _, ...create } = JSON.parse(
    readFileSync('create-gatehouse-auth/package.json', 'utf8'),
  )
  write(createFolder, { ...create, ...repository() })
}

function copy(path: string, folder: string) {
  const target = join(folder, path)
  rmSync(target, { recursive: true, force: true })
  mkdirSync(dirname(target), { recursive: true })
  cpSync(path, target, { recursive: true, filter: (source) => !generated.test(source) })
}

const write = (folder: string, content: object) =>
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(content, undefined, 2)}\n`)

/** Without what this repository alone needs: scripts, its own Node, and libraries that the code contains. */
function packageManifest() {
  const { name, version, description, license, type, engines } = manifest
  const { dependencies, peerDependencies, peerDependenciesMeta } = manifest
  return {
    ...{ name, version, description, license, type },
    ...repository(),
    bin: { gatehouse: 'bin/gatehouse.js' },
    files: [
      ...['bin', 'dist', 'assets', 'docs', 'examples', 'template', 'CHANGELOG.md'],
      ...[notices, schemaFile],
    ],
    exports: {
      ...Object.fromEntries(
        Object.keys(modules).map((module) => [subpathOf(module), files(module)]),
      ),
      './package.json': './package.json',
    },
    engines,
    // A range, so that an advisory reaches deployers without a release of ours.
    dependencies: Object.fromEntries(
      Object.entries(dependencies).map(([library, exact]) => [library, `^${exact}`]),
    ),
    peerDependencies,
    peerDependenciesMeta,
  }
}

const subpathOf = (module: string) => (module === 'index' ? '.' : `./${module}`)

const files = (module: string) => ({
  types: `./dist/${module}.d.ts`,
  default: `./dist/${module}.js`,
})

/** Of wrangler.toml. It links to the documents of this version, or names them as a project has them. */
function editorSchema() {
  const { GITHUB_REPOSITORY: repository } = process.env
  const docs = repository
    ? `https://github.com/${repository}/blob/v${manifest.version}/docs`
    : `node_modules/${manifest.name}/docs`
  const wranglers = readFileSync('node_modules/wrangler/config-schema.json', 'utf8')
  return wranglerSchema(JSON.parse(wranglers), varsSchema(settingsSources(), docs))
}

/** npm compares it with the repository that the provenance names. */
function repository() {
  const { GITHUB_REPOSITORY: repository } = process.env
  return (
    repository && { repository: { type: 'git', url: `git+https://github.com/${repository}.git` } }
  )
}

main()
