// Writes assets/common-passwords/ from Django's list of common passwords.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { normalise, shardOf } from '../src/passwords/common.ts'

const usage = `Usage: node cli/common-passwords.ts FILE
  FILE   django/contrib/auth/common-passwords.txt.gz from Django`

const folder = new URL('../assets/common-passwords/', import.meta.url)

async function main() {
  const [source] = process.argv.slice(2)
  if (!source) {
    console.error(usage)
    process.exit(2)
  }

  const lines = gunzipSync(readFileSync(source)).toString('utf8').split('\n')
  const passwords = [...new Set(lines.map(normalise))].filter((password) => password !== '').sort()

  // Every file is written, even without passwords, so that the Worker can treat a missing file as an error.
  const shards = new Map<string, string[]>()
  for (let byte = 0; byte < 256; byte++) shards.set(byte.toString(16).padStart(2, '0'), [])
  for (const password of passwords) shards.get(await shardOf(password))?.push(password)

  mkdirSync(folder, { recursive: true })
  for (const [shard, members] of shards) {
    writeFileSync(new URL(`${shard}.txt`, folder), members.map((member) => `${member}\n`).join(''))
  }
  console.log(`${passwords.length} passwords in ${shards.size} files`)
}

await main()
