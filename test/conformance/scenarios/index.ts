import type { Scenario } from '../scenario.ts'
import { scenarios as activation } from './activation.ts'
import { scenarios as authorization } from './authorization.ts'
import { scenarios as authtoken } from './authtoken.ts'
import { scenarios as claims } from './claims.ts'
import { scenarios as cors } from './cors.ts'
import { scenarios as drf } from './drf.ts'
import { scenarios as jwt } from './jwt.ts'
import { scenarios as languages } from './languages.ts'
import { scenarios as names } from './names.ts'
import { scenarios as pagination } from './pagination.ts'
import { scenarios as pair } from './pair.ts'
import { scenarios as registration } from './registration.ts'
import { scenarios as resetPassword } from './reset-password.ts'
import { scenarios as rotation } from './rotation.ts'
import { scenarios as setPassword } from './set-password.ts'
import { scenarios as sliding } from './sliding.ts'
import { scenarios as spanish } from './spanish.ts'
import { scenarios as username } from './username.ts'
import { scenarios as users } from './users.ts'
import { scenarios as uuids } from './uuids.ts'

/** The scenarios of each file. */
export const scenariosByFile: Record<string, Scenario[]> = {
  registration,
  users,
  uuids,
  pagination,
  activation,
  'set-password': setPassword,
  'reset-password': resetPassword,
  jwt,
  authorization,
  rotation,
  claims,
  sliding,
  pair,
  languages,
  spanish,
  username,
  names,
  drf,
  cors,
  authtoken,
}
