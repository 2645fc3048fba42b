// Django 5.2's four password validators, in Django's order and with its messages, and the one of
// pwned-passwords-django. Length is counted in code points, as in Python.

import type { Settings } from '../settings/parse.ts'
import { isPwned } from './pwned.ts'
import { type Attribute, findSimilar } from './similarity.ts'

const minimumLength = 8
const tooCommon = 'This password is too common.'

/** The messages of all of Django's validators that reject the password; empty if none does. */
export async function validatePassword(
  password: string,
  attributes: Attribute[],
  isCommon: (password: string) => Promise<boolean>,
): Promise<string[]> {
  const failures: string[] = []
  const similar = findSimilar(password, attributes)
  if (similar) failures.push(`The password is too similar to the ${similar.label}.`)
  if ([...password].length < minimumLength) {
    failures.push(
      `This password is too short. It must contain at least ${minimumLength} characters.`,
    )
  }
  if (await isCommon(password)) failures.push(tooCommon)
  if (isDigits(password)) failures.push('This password is entirely numeric.')
  return failures
}

/**
 * Runs after Django's validators have accepted the password. Rejects one that is known from breaches, with the message
 * of pwned-passwords-django. If the lookup fails, `failOpen` decides.
 */
export async function validateUnleaked(
  password: string,
  pwned: Settings['pwnedPasswords'],
): Promise<string[]> {
  const isKnown = pwned.enabled && (await isPwned(password, pwned))
  if (isKnown) return [tooCommon]
  const mustKnow = isKnown === undefined && !pwned.failOpen
  return mustKnow ? ['This password could not be checked, try again later.'] : []
}

// Python's `str.isdigit()`: the decimal digits of every script, and others such as superscript and circled digits.
// JavaScript has no property for those.
const digits =
  /^[\p{Nd}\xb2\xb3\xb9\u1369-\u1371\u19da\u2070\u2074-\u2079\u2080-\u2089\u2460-\u2468\u2474-\u247c\u2488-\u2490\u24ea\u24f5-\u24fd\u24ff\u2776-\u277e\u2780-\u2788\u278a-\u2792\u{10a40}-\u{10a43}\u{10e60}-\u{10e68}\u{11052}-\u{1105a}\u{1f100}-\u{1f10a}]+$/u

const isDigits = (password: string) => digits.test(password)
