// E-mail addresses: what is one, and when two are the same.

import { parseIpAddress } from '../ip-address.ts'

/**
 * By what an address is unique and found, so that one mailbox has one account: the name with its ASCII letters
 * lowered, the domain as DNS has it. Never JavaScript's or SQL's own lowering, which fold other letters into ASCII
 * ones and so would make two people one.
 */
export function emailKey(email: string): string {
  const { name, domain } = partsOf(email)
  return domain === undefined ? lowerAscii(email) : `${lowerAscii(name)}@${asciiDomain(domain)}`
}

/** `emailKey`, and where it differs the key that rows have from before domains were read as DNS has them. */
export const emailKeys = (email: string): string[] => [
  ...new Set([emailKey(email), lowerAscii(email)]),
]

/** The address as mail is sent to it: the domain as DNS has it. */
export function mailboxAddress(email: string): string {
  const { name, domain } = partsOf(email)
  return domain === undefined ? email : `${name}@${asciiDomain(domain)}`
}

const lowerAscii = (text: string) =>
  text.replace(/[A-Z]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 32))

function partsOf(email: string): { name: string; domain?: string } {
  const at = email.lastIndexOf('@')
  return at < 0 ? { name: email } : { name: email.slice(0, at), domain: email.slice(at + 1) }
}

/** In IDNA's ASCII form (UTS 46), to which full-width letters, capitals and ways to compose a letter are one. */
const asciiDomain = (domain: string) =>
  (isAscii(domain) ? addressLiteral(domain) : hostname(domain)) ?? lowerAscii(domain)

const isAscii = (text: string) => /^[\0-\x7f]*$/.test(text)

/** Of an address in brackets: one form of all its spellings. */
function addressLiteral(domain: string): string | undefined {
  const address = parseIpAddress(literal.exec(domain)?.[1] ?? '')
  return address && `[${address}]`
}

const hostname = (domain: string) =>
  URL.canParse(`http://${domain}`) ? new URL(`http://${domain}`).hostname : undefined

/**
 * The address with its domain in one spelling, so that what is counted by address counts a mailbox once: full-width
 * letters, capitals beyond ASCII and ways to write an address literal are gone. A domain in ASCII stays as it is.
 */
export function canonicalSpelling(email: string): string {
  const { name, domain } = partsOf(email)
  return domain === undefined ? email : `${name}@${spelling(domain)}`
}

const spelling = (domain: string) =>
  isAscii(domain)
    ? (addressLiteral(domain) ?? domain)
    : domain.normalize('NFKC').toLowerCase().replaceAll('\u3002', '.')

/** As Django's BaseUserManager.normalize_email: lowers the domain, its ASCII letters alone. */
export function normalizeEmail(email: string): string {
  const { name, domain } = partsOf(email)
  return domain === undefined ? email : `${name}@${lowerAscii(domain)}`
}

// As django.core.validators.EmailValidator, without quoted names: `"ann"@x` and `"a\nn"@x` are other spellings of
// `ann@x`, and what is in the quotes may look like another address to a program that sends mail.
const dotAtom = /^[-!#$%&'*+/=?^_`{}|~0-9A-Z]+(\.[-!#$%&'*+/=?^_`{}|~0-9A-Z]+)*$/i
const label = '[a-z\\xa1-\\uffff0-9-]'
const domainName = new RegExp(
  `^(?!-)${label}{1,63}(?<!-)(?:\\.(?!-)${label}{1,63}(?<!-))*` +
    '\\.(?!-)(?:[a-z\\xa1-\\uffff-]{2,63}|xn--[a-z0-9]{1,59})(?<!-)$',
  'i',
)
const literal = /^\[([A-F0-9:.]+)\]$/i

export function isEmail(text: string): boolean {
  const { name, domain } = partsOf(text)
  if (domain === undefined || [...text].length > 320) return false
  return dotAtom.test(name) && isDomain(domain)
}

function isDomain(domain: string): boolean {
  if (domain === 'localhost' || addressLiteral(domain) !== undefined) return true
  if (!domainName.test(domain)) return false
  if (isAscii(domain)) return true
  // An invisible character makes no other domain (U+00AD, U+200B), and a domain that IDNA refuses is none.
  if (/[\p{Default_Ignorable_Code_Point}\p{Surrogate}]|[^\0-\uffff]/u.test(domain)) return false
  return domainName.test(hostname(domain) ?? '') && hostname(spelling(domain)) === hostname(domain)
}
