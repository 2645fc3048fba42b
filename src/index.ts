// The package's main entry: what a deployer's Worker is made of. It runs in workerd alone. Tools import `user-model` and
// `schema`; other Workers import `hono` and `service`.

// The bundle begins with the modules of our sentences, so that gzip finds each near its translation: 1.4 KB less.
import './i18n/translations.ts'
import './mail/templates.ts'
import './pages/forms.tsx'
import './pages/invalid-link.tsx'
import './app.ts'

export type { PersonalTable } from './accounts/personal-data.ts'
export { maxResults } from './accounts/user-list.ts'
export type { Env } from './bindings.ts'
export type { App, Client } from './context.ts'
export type { Database } from './db.ts'
export { type GatehouseOptions, gatehouse, type Handlers } from './gatehouse.ts'
export {
  type Authenticated,
  authenticated,
  authenticatedAtPrimary,
  notImpersonated,
  rejectBadCredentials,
  type Stateless,
  staff,
  stateless,
} from './guards/guards.ts'
export type {
  FailedLogin,
  FieldErrors,
  Hooks,
  LoginContext,
  LoginKind,
  NewAccount,
  SignUpDecision,
  SignUpRequest,
  SuccessfulLogin,
  UserWithoutHash,
} from './hooks.ts'
export { parseBody } from './http/body.ts'
export { ApiError, badRequest, forbidden, invalid, notFound, throttled } from './http/errors.ts'
export { choice, email, fields, password, primaryKey, text } from './http/fields.ts'
export { toJson } from './http/model-fields.ts'
export { limitCaller, rateLimit, rateLimitCaller } from './http/rate-limit.ts'
export { boolean, dateTime, number } from './http/value-fields.ts'
export { endpoint } from './http/view.ts'
export { missingSentences, sentences } from './i18n/sentences.ts'
export type { Dictionary, Languages } from './i18n/translations.ts'
export type { EmailContext, EmailTemplates, OwnEmail } from './mail/own-templates.ts'
export type { EmailContent } from './mail/templates.ts'
export type { Html, PageContext, PageTemplates } from './pages/own-templates.ts'
export { publicIdOf } from './public-id.ts'
export { noteWrite } from './replicas.ts'
export { userToJson } from './routes/user-serializers.ts'
export { Gatehouse } from './rpc.ts'
export type { User } from './schema.ts'
export type { Settings } from './settings/parse.ts'
export { batch } from './statements.ts'
