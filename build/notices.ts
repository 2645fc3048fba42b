// THIRD-PARTY-LICENSES.txt: the licence of each library whose code is part of the package.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { notices, packageFolder } from './contents.ts'

interface Chunk {
  type: string
  moduleIds?: string[]
}

/** A plugin that writes the notices of what the bundle holds. */
export const writeNotices = {
  name: 'third-party licences',
  generateBundle(_: unknown, bundle: Record<string, Chunk>) {
    const ids = Object.values(bundle).flatMap(({ moduleIds = [] }) => moduleIds)
    // Copied, not bundled: WebAssembly, a schema, and the script of the reference page, which holds the notices of its own
    // libraries.
    const copied = [
      'node_modules/@phi-ag/argon2',
      'node_modules/@scalar/fastify-api-reference',
      'node_modules/wrangler',
    ]
    const folders = new Set([...copied, ...ids.flatMap(folderOf)])
    mkdirSync(packageFolder, { recursive: true })
    writeFileSync(join(packageFolder, notices), noticesOf([...folders].sort()))
  },
}

/** The folder of the library that a module belongs to; nothing for our own. */
const folderOf = (id: string): string[] =>
  /^.*(node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(id.replaceAll('\\', '/'))?.slice(1, 2) ?? []

function noticesOf(folders: string[]): string {
  const intro = 'Gatehouse contains code of these libraries, under their own licences.\n'
  return [intro, ...folders.map(noticeOf)].join(`\n${'-'.repeat(80)}\n\n`)
}

function noticeOf(folder: string): string {
  const { name, version, license } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  ) as Record<string, string>
  return `${name} ${version} (${license})\n\n${readFileSync(licenceFile(folder), 'utf8').trim()}\n`
}

function licenceFile(folder: string): string {
  const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each))
  if (file !== undefined) return join(folder, file)
  // wrangler's package has none: a copy of LICENSE-MIT in its repository.
  if (folder === 'node_modules/wrangler') return 'build/wrangler-licence.txt'
  throw new Error(`${folder} has no licence file`)
}
