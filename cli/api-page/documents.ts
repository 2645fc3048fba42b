// The OpenAPI documents that docs/api.md is made of: that of a new project, and those of settings that add operations.

import { parse } from 'smol-toml'
import {
  type OpenApiDocument,
  type OpenApiOperation,
  openApiDocument,
} from '../../src/openapi/document.ts'
import { settingsOf } from '../../src/settings.ts'

/** What a new project lacks before its first deploy. */
const deployed = {
  PUBLIC_URL: 'https://auth.example.com',
  DEFAULT_FROM_EMAIL: 'Example <accounts@example.com>',
  EMAIL_FRONTEND_SITE_NAME: 'Example',
  SECRET_KEY: 'a-secret-key-of-exactly-32-bytes',
  SIGNING_KEY: 'signing-key-of-exactly-32-bytes!',
  RESEND_API_KEY: 're_key',
}

/** Settings that are off in a new project, and that add operations. */
const variations: [setting: string, variables: object][] = [
  ['REGISTER = true', { REGISTER: true }],
  ['DRF_JWT = true', { DRF_JWT: true }],
  ['DRF_JWT_PACKAGE = "drf-jwt"', { DRF_JWT: true, DRF_JWT_PACKAGE: 'drf-jwt' }],
]

export interface Documents {
  shipped: OpenApiDocument
  /** Documents with operations that no document before them has, by the setting that adds them. */
  others: { setting: string; document: OpenApiDocument }[]
}

/** @param toml wrangler.toml of a new project */
export function documentsOf(toml: string): Documents {
  const { vars } = parse(toml) as { vars: object }
  const documentWith = (variables: object) =>
    openApiDocument(settingsOf({ ...vars, ...deployed, ...variables }))
  const shipped = documentWith({})
  const known = new Set(requestsIn(shipped))
  const others = variations.map(([setting, variables]) => {
    const document = documentWith(variables)
    const paths = Object.entries(document.paths).map(([path, methods]) => {
      const own = Object.entries(methods).filter(
        ([method, operation]) => !known.has(keyOf(path, method, operation)),
      )
      return [path, Object.fromEntries(own)] as const
    })
    for (const request of requestsIn(document)) known.add(request)
    return { setting, document: { ...document, paths: Object.fromEntries(paths) } }
  })
  return { shipped, others: others.filter(({ document }) => requestsIn(document).length > 0) }
}

const requestsIn = ({ paths }: OpenApiDocument) =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => keyOf(path, method, operation)),
  )

/** One request may be two operations: with DRF_JWT, `/api-token-auth/` is drf-jwt's. */
const keyOf = (path: string, method: string, { operationId }: OpenApiOperation) =>
  `${method} ${path} ${operationId}`
