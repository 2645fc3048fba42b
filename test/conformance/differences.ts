// Where the Worker's response differs from Django's, and why. All else must be the same. An entry gives the Worker's response,
// so that it allows only that one. An entry that matches nothing fails the run.

import { accounts } from './differences/accounts.ts'
import { faults } from './differences/faults.ts'
import { sessions } from './differences/sessions.ts'
import { sliding } from './differences/sliding.ts'
import { versions } from './differences/versions.ts'
import { wire } from './differences/wire.ts'
import type { Stack, VariantName } from './variants.ts'

export interface Allowed {
  reason: string
  /** The steps, as `scenario › step`. */
  steps: string[] | RegExp
  stack?: Stack
  variant?: VariantName
  /** The fields that may differ: `status`, `body`, `mail` or the name of a header. */
  fields: string[]
  /** Django's response, if the reason holds only for that one. */
  django?: { status: number }
  worker?: { status?: number; json?: unknown }
  /** The bodies must be the same apart from these keys. */
  apartFrom?: string[]
}

/** Claims that only our tokens have. */
export const addedClaims = ['sid', 'counter']
/** Header parameters that only our tokens have: `kid` selects the key of a JWK_URL. */
export const addedHeaders = ['kid']

export const differences: Allowed[] = [
  ...faults,
  ...wire,
  ...accounts,
  ...sessions,
  ...sliding,
  ...versions,
]
