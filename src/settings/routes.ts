// Which routes there are, the reference page, and `/register/`, the sign-up of tutorials.

import type { Reader } from './env.ts'
import { routeGroups } from './route-groups.ts'

const errorStatuses = { 200: 200, 400: 400, 403: 403, 422: 422 } as const

export function routeSettings(read: Reader, development: boolean) {
  /**
   * Route groups that answer 404. Without `authtoken` no authtoken key is accepted. `/api-token-auth/` belongs to `drf_jwt`
   * with `DRF_JWT`, and to `authtoken` without.
   * @django ours
   */
  const disabled = read.names('DISABLED_ROUTES', routeGroups)
  /**
   * Whether `/docs/` shows the reference page of the API, which can also call it. `/openapi.json` does not depend on it.
   * @django ours
   */
  const apiReference = read.boolean('API_REFERENCE', development)
  /** Whether `/register/` exists: [what it answers](differences.md#register-signs-up-and-logs-in). @django ours */
  const offersRegister = read.boolean('REGISTER', false)
  /** The status of `/register/` for errors. Tutorials have 200. @django ours */
  const errorStatus = read.choice('REGISTER_ERROR_STATUS', ['200', '400', '403', '422'], '200')
  return {
    apiReference,
    disabledRoutes: offersRegister ? disabled : [...disabled, 'register' as const],
    /** The tokens that `/register/` answers: Simple JWT's pair, or an authtoken key. @django ours */
    registerTokens: read.choice('REGISTER_TOKENS', ['jwt', 'authtoken'], 'jwt'),
    registerErrorStatus: errorStatuses[errorStatus],
  }
}
