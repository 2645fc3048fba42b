// Which fields a user has on the wire, in Djoser's order and by the deployer's REQUIRED_FIELDS
// (djoser.serializers.UserSerializer, UserCreateSerializer).

import * as v from 'valibot'
import type { OrderName } from '../accounts/listing.ts'
import { type ProfileName, profile, verboseName } from '../accounts/profile.ts'
import { choice, email, password, text } from '../drf/fields.ts'
import type { User } from '../schema.ts'
import type { Settings } from '../settings.ts'

/** What sign-up asks for: required fields, log-in field, password. */
export function registration(settings: Settings) {
  return {
    ...entries(shownNames(settings), (name) => fieldAtSignUp(settings, name)),
    [settings.loginField]: loginName(settings),
    password: password(),
    ...(settings.userCreatePasswordRetype && { re_password: password() }),
  }
}

/** What the owner and staff may edit. The log-in field has endpoints of its own. */
export const editable = (settings: Settings, partial: boolean) =>
  entries(shownNames(settings), (name) => {
    const field = writableField(settings, name)
    return partial && field ? v.optional(field) : field
  })

/** UserCreateSerializer's order: required fields, log-in field, id. */
export const representNew = (settings: Settings, user: User) => ({
  ...shownValues(settings, user),
  [settings.loginField]: user[settings.loginField],
  id: user.id,
})

/** UserSerializer's order: required fields, id, log-in field. */
export const represent = (settings: Settings, user: User) => ({
  ...shownValues(settings, user),
  id: user.id,
  [settings.loginField]: user[settings.loginField],
})

/** What a list may be ordered by: what it shows. */
export const orderable = (settings: Settings) =>
  ['id', settings.loginField, ...shownNames(settings)] as OrderName[]

export const taken = (settings: Settings) =>
  settings.loginField === 'email'
    ? `${verboseName} with this email already exists.`
    : 'A user with that username already exists.'

/** The name that one logs in with, as a new one must be. */
export const loginName = (settings: Settings) =>
  settings.loginField === 'email'
    ? email({ max: 255 })
    : text({ max: 150, modelRule: [isUsername, notAUsername] })

// As django.contrib.auth.validators.UnicodeUsernameValidator.
const isUsername = (name: string) => /^[\p{L}\p{N}_.@+-]+$/u.test(name)

const notAUsername =
  'Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters.'

/** A role is chosen at sign-up or never. */
const fieldAtSignUp = (settings: Settings, name: string): Field | undefined =>
  name === 'role' && settings.signupRoles.length > 0
    ? v.optional(choice(settings.signupRoles))
    : writableField(settings, name)

function writableField(settings: Settings, name: string): Field | undefined {
  if (name === settings.loginField) return undefined
  // As Django's own user has it.
  if (name === 'email') return v.optional(email({ max: 254, blank: true }))
  const field = profile[name as ProfileName]
  if (!field?.writable) return undefined
  const required = settings.requiredFields.includes(name)
  const checked = text({ max: field.maxLength, blank: !required })
  return required ? checked : v.optional(checked)
}

type Field = v.GenericSchema<unknown, string | undefined>

function entries(names: string[], fieldOf: (name: string) => Field | undefined) {
  const known: Record<string, Field> = {}
  for (const name of names) {
    const field = fieldOf(name)
    if (field) known[name] = field
  }
  return known
}

function shownValues(settings: Settings, user: User) {
  const values: Record<string, string> = {}
  for (const name of shownNames(settings)) values[name] = user[name as ProfileName | 'email'] ?? ''
  return values
}

/** REQUIRED_FIELDS, each with the fields behind it that are shown after it. */
const shownNames = (settings: Settings) =>
  settings.requiredFields.flatMap((name) => [
    name,
    ...Object.entries(profile)
      .filter(
        ([own, { shownAfter }]) => shownAfter === name && !settings.requiredFields.includes(own),
      )
      .map(([own]) => own),
  ])
