// The parameters of an operation: in its path, its query and its headers.

import type { Settings } from '../settings/parse.ts'
import { type Operation, partsOf } from './operations.ts'
import { type Schema, userId } from './schemas.ts'

export function parametersOf(settings: Settings, operation: Operation) {
  const [, path] = partsOf(operation)
  const inPath = path.includes('{id}')
    ? [{ name: 'id', in: 'path', required: true, schema: idSchema(settings, path) }]
    : []
  const inHeaders = settings.trustedServerSecrets.length > 0 ? serverHeaders : []
  const inQuery = Object.entries(operation.query ?? {}).map(
    ([name, { description, ...schema }]) => ({
      name,
      in: 'query',
      ...(description !== undefined && { description }),
      schema,
    }),
  )
  const parameters = [...inPath, ...inQuery, ...inHeaders]
  return parameters.length > 0 && { parameters }
}

/** How a trusted server names its client. */
const serverHeaders = Object.entries({
  'X-Gatehouse-Secret': 'A secret of TRUSTED_SERVER_SECRET.',
  'X-Gatehouse-Client-IP': "The address of the server's client.",
  'X-Gatehouse-Client-User-Agent': 'Its user agent.',
  'X-Gatehouse-Client-Country': 'Its country, as two letters.',
}).map(([name, description]) => ({ name, in: 'header', description, schema: { type: 'string' } }))

const idSchema = (settings: Settings, path: string): Schema =>
  path.startsWith('/auth/users/') ? userId(settings) : { type: 'string' }
