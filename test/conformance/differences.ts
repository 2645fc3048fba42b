// Where the Worker answers otherwise than Django, and why. Everything else must be the same. An entry
// says what the Worker answers instead, so that it allows that and nothing else; one that no longer
// matches anything fails the run.

import { faults } from './differences/faults.ts'
import { people } from './differences/people.ts'
import { sessions } from './differences/sessions.ts'
import { sliding } from './differences/sliding.ts'
import { versions } from './differences/versions.ts'
import { wire } from './differences/wire.ts'
import type { Stack, VariantName } from './variants.ts'

export interface Allowed {
  reason: string
  /** Which steps, as `scenario › step`. */
  steps: string[] | RegExp
  stack?: Stack
  variant?: VariantName
  /** What may differ: `status`, `body`, `mail` or the name of a header. */
  fields: string[]
  /** What Django answers, where the reason holds only then. */
  django?: { status: number }
  worker?: { status?: number; json?: unknown }
  /** The bodies are the same apart from these keys. */
  apartFrom?: string[]
}

/** Claims that our tokens have beyond Django's. */
export const addedClaims = ['sid', 'counter']
/** The same of their headers: by `kid` a JWK_URL finds the key. */
export const addedHeaders = ['kid']

export const differences: Allowed[] = [
  ...faults,
  ...wire,
  ...people,
  ...sessions,
  ...sliding,
  ...versions,
]
