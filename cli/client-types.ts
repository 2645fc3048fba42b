// `npm run client:types`: writes src/client/standard.ts, the types of the deployment that this repository ships. With `--check`,
// part of `npm run check`, it fails if the file is not current.

import { readFileSync, writeFileSync } from 'node:fs'
import type { OpenAPI3 } from 'openapi-typescript'
import { parse } from 'smol-toml'
import {
  type OpenApiDocument,
  type OpenApiOperation,
  openApiDocument,
} from '../src/openapi/document.ts'
import { settingsOf } from '../src/settings.ts'
import { fail } from './fail.ts'
import { typesOf } from './openapi-typescript.ts'

const target = 'src/client/standard.ts'

/** The shipped settings. A deployer's own, in wrangler.toml, do not change the package. */
const configuration = 'test/support/wrangler.toml'

const placeholder = 'not-a-secret-0123456789-0123456789-0123456789'
const assignments = {
  ENVIRONMENT: 'development',
  PUBLIC_URL: 'https://auth.example.com',
  SECRET_KEY: placeholder,
  SIGNING_KEY: placeholder,
}

async function main() {
  const { vars } = parse(readFileSync(configuration, 'utf8')) as { vars: Record<string, unknown> }
  const document = openApiDocument(settingsOf({ ...vars, ...assignments }))
  const types = `${heading}\n\n${await typesOf(shortened(document))}`
  if (!process.argv.includes('--check')) return writeFileSync(target, types)

  const isCurrent = readFileSync(target, 'utf8') === types
  if (!isCurrent) fail(`${target} is not current. Run: npm run client:types`)
  console.log(`${target} is current: ${types.split('\n').length} lines.`)
}

/** The document without what the client does not use: pages, forms, errors and examples. */
function shortened({ paths, components: { schemas }, ...others }: OpenApiDocument): OpenAPI3 {
  const kept = Object.entries(paths).filter(([, methods]) => !Object.values(methods).some(isPage))
  const document = { ...others, paths: Object.fromEntries(kept), components: { schemas } }
  const used = (key: string, value: unknown) => (unused.test(key) ? undefined : value)
  return JSON.parse(JSON.stringify(document, used))
}

const isPage = ({ tags }: OpenApiOperation) => Array.isArray(tags) && tags.includes('Pages')

/** Keys of the document: a media type, examples, and the statuses of redirects and errors. */
const unused = /^(?:application\/x-www-form-urlencoded|example|[345]\d\d)$/

const heading = `// The types of the deployment that this repository ships. \`npm run client:types\` writes this file.`

await main()
