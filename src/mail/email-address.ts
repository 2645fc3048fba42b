// Email addresses: which texts are valid, and when two addresses are the same mailbox.

import { parseIpAddress } from '../ip-address.ts'

/**
 * The key by which an address is unique and found, so that a mailbox has one account: the local part with its ASCII
 * letters in lower case, and the domain as DNS has it. JavaScript and SQL map other letters to ASCII when they lower
 * them, which would merge the accounts of two people.
 */
export function emailKey(email: string): string {
  const { name, domain } = partsOf(email)
  return domain === undefined ? lowerAscii(email) : `${lowerAscii(name)}@${asciiDomain(domain)}`
}

/** `emailKey`, and the key of rows that keep the domain as it was typed, if that differs. */
export const emailKeys = (email: string): string[] => [
  ...new Set([emailKey(email), lowerAscii(email)]),
]

/** The address that mail is sent to, with the domain as DNS has it. */
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

/** IDNA's ASCII form (UTS 46): the same for full-width letters, capitals and each way to compose a letter. */
const asciiDomain = (domain: string) =>
  (isAscii(domain) ? addressLiteral(domain) : hostname(domain)) ?? lowerAscii(domain)

const isAscii = (text: string) => /^[\0-\x7f]*$/.test(text)

/** The one spelling of an IP address in brackets. */
function addressLiteral(domain: string): string | undefined {
  const address = parseIpAddress(literal.exec(domain)?.[1] ?? '')
  return address && `[${address}]`
}

const hostname = (domain: string) =>
  URL.canParse(`http://${domain}`) ? new URL(`http://${domain}`).hostname : undefined

/**
 * The address with one spelling of its domain, so that limits by address count a mailbox once. It has no full-width
 * letters, no capitals beyond ASCII, and one form of an IP address. A domain in ASCII stays as it is.
 */
export function canonicalSpelling(email: string): string {
  const { name, domain } = partsOf(email)
  return domain === undefined ? email : `${name}@${spelling(domain)}`
}

const spelling = (domain: string) =>
  isAscii(domain)
    ? (addressLiteral(domain) ?? domain)
    : domain.normalize('NFKC').toLowerCase().replaceAll('\u3002', '.')

/** Lowers the ASCII letters of the domain, as Django's BaseUserManager.normalize_email. */
export function normalizeEmail(email: string): string {
  const { name, domain } = partsOf(email)
  return domain === undefined ? email : `${name}@${lowerAscii(domain)}`
}

// As django.core.validators.EmailValidator, without quoted local parts. `"ann"@x` and `"a\nn"@x` are other spellings of
// `ann@x`, and a mail server may read another address in the quotes.
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
  // IDNA drops invisible characters (U+00AD, U+200B), so two texts would be the same domain. The domain must be valid in
  // IDNA.
  if (/[\p{Default_Ignorable_Code_Point}\p{Surrogate}]|[^\0-\uffff]/u.test(domain)) return false
  return domainName.test(hostname(domain) ?? '') && hostname(spelling(domain)) === hostname(domain)
}
