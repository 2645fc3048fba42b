// E-mail addresses: what is one, and when two are the same.

/**
 * By what an address is unique and found: its ASCII letters lowered. Never JavaScript's or SQL's own
 * lowering, which fold other letters into ASCII ones and so would make two people one.
 */
export const emailKey = (email: string) =>
  email.replace(/[A-Z]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 32))

/** As Django's BaseUserManager.normalize_email: lowers the domain, its ASCII letters alone. */
export function normalizeEmail(email: string): string {
  const at = email.lastIndexOf('@')
  return at < 0 ? email : email.slice(0, at) + emailKey(email.slice(at))
}

// As django.core.validators.EmailValidator, without its control characters in quoted names.
const dotAtom = /^[-!#$%&'*+/=?^_`{}|~0-9A-Z]+(\.[-!#$%&'*+/=?^_`{}|~0-9A-Z]+)*$/i
const quoted = /^"([!#-[\]-~]|\\[ -~])*"$/
const label = '[a-z\\xa1-\\uffff0-9-]'
const domainName = new RegExp(
  `^(?!-)${label}{1,63}(?<!-)(?:\\.(?!-)${label}{1,63}(?<!-))*` +
    '\\.(?!-)(?:[a-z\\xa1-\\uffff-]{2,63}|xn--[a-z0-9]{1,59})(?<!-)$',
  'i',
)
const literal = /^\[([A-F0-9:.]+)\]$/i

export function isEmail(text: string): boolean {
  const at = text.lastIndexOf('@')
  if (at < 1 || [...text].length > 320) return false
  const [user, domain] = [text.slice(0, at), text.slice(at + 1)]
  if (!dotAtom.test(user) && !quoted.test(user)) return false
  return domain === 'localhost' || domainName.test(domain) || isAddress(literal.exec(domain)?.[1])
}

function isAddress(address: string | undefined): boolean {
  if (address === undefined) return false
  if (address.includes(':')) return URL.canParse(`http://[${address}]/`)
  return /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/.test(address)
}
