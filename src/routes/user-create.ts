// Sign-up as djoser.serializers.UserCreateSerializer checks it, for every route that signs people up.

import { dangling } from '../accounts/foreign-keys.ts'
import { weaknesses } from '../accounts/password-update.ts'
import { isTaken, type SignUp, signUp } from '../accounts/registration.ts'
import { duplicates } from '../accounts/unique-fields.ts'
import type { Call } from '../context.ts'
import type { Database } from '../db.ts'
import { challenge } from '../http/captcha.ts'
import { deliverLater } from '../http/deliver-later.ts'
import { invalid, unavailable } from '../http/errors.ts'
import { checkFields } from '../http/fields.ts'
import { limitMail } from '../http/rate-limit.ts'
import { occasionOf } from '../http/request-info.ts'
import { commonPasswords } from '../passwords/common.ts'
import type { User } from '../schema.ts'
import { alreadyExists, registration, taken } from './user-serializers.ts'

/** Makes the account that was asked for, and sends its mail. @throws InvalidError with every complaint */
export async function newUser(c: Call): Promise<User> {
  const { db, settings } = c.var
  await challenge(c, 'sign-up')
  const sent = await signUpIn(c)
  await limitMail(c, 'activation')

  const user = await signUp(db, settings, sent, occasionOf(c))
  if (typeof user === 'string') throw await refused(c, sent, user)

  deliverLater(c)
  return user
}

/** What stood in the way of a sign-up, all of it. The value of a unique field may be free again by now. */
async function refused(c: Call, sent: SignUp, reason: 'taken' | 'dangling' | 'duplicate') {
  const { db, settings } = c.var
  const all = {
    ...(reason === 'dangling' && (await complaintsOfDangling(db, sent))),
    ...(await complaintsOfDuplicates(db, sent)),
    ...(reason === 'taken' && { [settings.loginField]: [taken(settings)] }),
  }
  if (Object.keys(all).length === 0) return unavailable()
  return invalid(inOrder(all, Object.keys(registration(settings))))
}

// Fields first, the log-in name's uniqueness with them; then the password's strength; then the retype.
async function signUpIn(c: Call): Promise<SignUp> {
  const { db, settings, now } = c.var
  const { values, complaints } = await checkFields(c, registration(settings))
  const sent = values as Record<string, unknown>
  const login = sent[settings.loginField]

  const weak = complaints
    ? []
    : await weaknesses(settings, String(sent.password), sent, commonPasswords(c.env.ASSETS))
  const mismatch = settings.userCreatePasswordRetype && sent.password !== sent.re_password
  if (!complaints && weak.length === 0 && !mismatch) {
    const { re_password: _, ...person } = sent
    return person as SignUp
  }

  const isTakenName = typeof login === 'string' && (await isTaken(db, settings, login, now))
  const all = {
    ...complaints,
    ...(await complaintsOfDangling(db, sent)),
    ...(await complaintsOfDuplicates(db, sent)),
    ...(isTakenName && { [settings.loginField]: [taken(settings)] }),
  }
  if (Object.keys(all).length > 0) throw invalid(inOrder(all, Object.keys(registration(settings))))
  if (weak.length > 0) throw invalid({ password: weak })
  throw invalid({ non_field_errors: ["The two password fields didn't match."] })
}

/** PrimaryKeyRelatedField's complaint, of each field that refers to what is not there. */
export async function complaintsOfDangling(db: Database, values: Record<string, unknown>) {
  const names = await dangling(db, values)
  return Object.fromEntries(
    names.map((name) => [name, [`Invalid pk "${values[name]}" - object does not exist.`]]),
  )
}

/** UniqueValidator's complaint, of each field whose value another user has. */
export async function complaintsOfDuplicates(
  db: Database,
  values: Record<string, unknown>,
  own?: User['id'],
) {
  const names = await duplicates(db, values, own)
  return Object.fromEntries(names.map((name) => [name, [alreadyExists(name)]]))
}

export const inOrder = (complaints: Record<string, string[]>, names: string[]) =>
  Object.fromEntries(names.flatMap((name) => (complaints[name] ? [[name, complaints[name]]] : [])))
