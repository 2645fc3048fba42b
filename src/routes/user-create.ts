// Sign-up with the checks of djoser.serializers.UserCreateSerializer, for every route that creates an account.

import { missingReferences } from '../accounts/foreign-keys.ts'
import { passwordErrors } from '../accounts/password-update.ts'
import { loginExists, type SignUp, type SignUpFailure, signUp } from '../accounts/registration.ts'
import { findDuplicates } from '../accounts/unique-fields.ts'
import { signUpFields } from '../bodies/users.ts'
import type { Call } from '../context.ts'
import type { Database } from '../db.ts'
import { hooks, type SignUpDecision, type SignUpRequest, withoutHash } from '../hooks.ts'
import { deliverLater } from '../http/after-response.ts'
import { parseBody } from '../http/body.ts'
import { requireCaptcha } from '../http/captcha.ts'
import { captchaField, invalid, nonFieldError, unavailable } from '../http/errors.ts'
import { checkFields } from '../http/fields.ts'
import { limitMail } from '../http/rate-limit.ts'
import { requestInfo } from '../http/request-info.ts'
import { normalizeEmail } from '../mail/email-address.ts'
import { commonPasswords } from '../passwords/common.ts'
import type { RequestInfo } from '../request-info.ts'
import { type User, userModel } from '../schema.ts'
import { alreadyExists, loginTakenMessage } from './user-serializers.ts'

/** Creates the requested account and sends its mail. @throws InvalidError with every error */
export async function createUser(c: Call): Promise<User> {
  const { db, settings } = c.var
  await requireCaptcha(c, 'sign-up')
  const info = requestInfo(c)
  const sent = await readSignUp(c)
  const { fields, ...accepted } = await decideSignUp(c, sent, info)
  const completed = { ...sent, ...fields }
  await limitMail(c, 'activation')

  const user = await signUp(db, settings, completed, info, accepted)
  if (user === 'unmet_condition') throw invalid(accepted.onlyIf?.errors ?? {})
  if (typeof user === 'string') throw await signUpError(c, completed, user)

  deliverLater(c)
  return user
}

/** What the deployer's hook decides. @throws InvalidError if it refuses the sign-up */
async function decideSignUp(c: Call, sent: SignUp, request: RequestInfo): Promise<SignUpDecision> {
  if (!hooks.beforeSignUp) return {}
  const { db, caller } = c.var
  const { password: _, email, ...others } = sent
  const decision = await hooks.beforeSignUp({
    // As it is stored, so that the hook compares domains in one spelling.
    fields: email === undefined ? others : { ...others, email: normalizeEmail(email) },
    extra: await readExtra(c, sent),
    caller: caller && withoutHash(caller),
    ...{ db, env: c.env, request },
  })

  const { errors = {}, fields: completed = {} } = decision ?? {}
  if (Object.keys(errors).length > 0) throw invalid(errors)
  const unknown = Object.keys(completed).find((name) => !(name in userModel.fields))
  if (unknown) throw new Error(`beforeSignUp: the user model has no field "${unknown}"`)
  return decision ?? {}
}

/** What the body has besides the fields of a sign-up, and besides what may be a password. */
async function readExtra(c: Call, { password }: SignUp): Promise<SignUpRequest['extra']> {
  const known = [...Object.keys(signUpFields(c.var.settings)), 'username', captchaField]
  const body = Object.entries((await parseBody(c)) as Record<string, unknown>)
  return Object.fromEntries(
    body.filter(
      ([name, value]) =>
        !known.includes(name) && !/password/i.test(name) && String(value).trim() !== password,
    ),
  )
}

/** Every error of a sign-up that failed. A unique field's value may be free again by now; then the answer is 503. */
async function signUpError(
  c: Call,
  sent: SignUp,
  reason: Exclude<SignUpFailure, 'unmet_condition'>,
) {
  const { db, settings } = c.var
  const all = {
    ...(reason === 'invalid_reference' && (await missingReferenceErrors(db, sent))),
    ...(await duplicateErrors(db, sent)),
    ...(reason === 'taken' && { [settings.loginField]: [loginTakenMessage(settings)] }),
  }
  if (Object.keys(all).length === 0) return unavailable()
  // The hook may have completed a field that is not among those of a sign-up.
  return invalid(inFieldOrder(all, [...Object.keys(signUpFields(settings)), ...Object.keys(all)]))
}

// The order of the errors: first the fields and whether the login is taken, then the password, then the retyped one.
async function readSignUp(c: Call): Promise<SignUp> {
  const { db, settings, now } = c.var
  const { values, errors } = await checkFields(c, signUpFields(settings))
  const sent = values as Record<string, unknown>
  const login = sent[settings.loginField]

  const weak = errors
    ? []
    : await passwordErrors(settings, String(sent.password), sent, commonPasswords(c.env.ASSETS))
  const mismatch = settings.userCreatePasswordRetype && sent.password !== sent.re_password
  if (!errors && weak.length === 0 && !mismatch) {
    const { re_password: _, ...person } = sent
    return person as SignUp
  }

  const isTaken = typeof login === 'string' && (await loginExists(db, settings, login, now))
  const all = {
    ...errors,
    ...(await missingReferenceErrors(db, sent)),
    ...(await duplicateErrors(db, sent)),
    ...(isTaken && { [settings.loginField]: [loginTakenMessage(settings)] }),
  }
  if (Object.keys(all).length > 0) {
    throw invalid(inFieldOrder(all, Object.keys(signUpFields(settings))))
  }
  if (weak.length > 0) throw invalid({ password: weak })
  throw nonFieldError("The two password fields didn't match.")
}

/** PrimaryKeyRelatedField's error for each field that refers to a row that does not exist. */
export async function missingReferenceErrors(db: Database, values: Record<string, unknown>) {
  const names = await missingReferences(db, values)
  return Object.fromEntries(
    names.map((name) => [name, [`Invalid pk "${values[name]}" - object does not exist.`]]),
  )
}

/** UniqueValidator's error for each field whose value another user has. */
export async function duplicateErrors(
  db: Database,
  values: Record<string, unknown>,
  ownId?: User['id'],
) {
  const names = await findDuplicates(db, values, ownId)
  return Object.fromEntries(names.map((name) => [name, [alreadyExists(name)]]))
}

/** The errors in the order of the field names. */
export const inFieldOrder = (errors: Record<string, string[]>, names: string[]) =>
  Object.fromEntries(names.flatMap((name) => (errors[name] ? [[name, errors[name]]] : [])))
