// E-mail addresses: what is one, and when two are the same.

/**
 * By what an address is unique and found: its ASCII letters lowered. Never JavaScript's or SQL's own
 * lowering, which fold other letters into ASCII ones and so would make two people one.
 */
export const emailKey = (email: string) =>
  email.replace(/[A-Z]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 32))

/** As Django's BaseUserManager.normalize_email: lowers the domain. */
export function normalizeEmail(email: string): string {
  const at = email.lastIndexOf('@')
  return at < 0 ? email : email.slice(0, at) + email.slice(at).toLowerCase()
}

// As django.core.validators.EmailValidator, without its control characters in quoted names.
const dotAtom = /^[-!#$%&'*+/=?^_`{}|~0-9A-Z]+(\.[-!#$%&'*+/=?^_`{}|~0-9A-Z]+)*$/i
const quoted = /^"([!#-[\]-~]|\\[ -~])*"$/
const domainName = /^((?:[A-Z0-9](?:[A-Z0-9-]{0,61}[A-Z0-9])?\.)+)(?:[A-Z0-9-]{2,63}(?<!-))$/i
const literal = /^\[([A-F0-9:.]+)\]$/i

export function isEmail(text: string): boolean {
  const at = text.lastIndexOf('@')
  if (at < 1 || [...text].length > 320) return false
  const [user, domain] = [text.slice(0, at), text.slice(at + 1)]
  if (!dotAtom.test(user) && !quoted.test(user)) return false
  return isDomain(domain) || isDomain(punycode(domain))
}

function isDomain(domain: string): boolean {
  if (domain === 'localhost' || domainName.test(domain)) return true
  const [, address] = literal.exec(domain) ?? []
  if (address === undefined) return false
  return URL.canParse(address.includes(':') ? `http://[${address}]/` : `http://${address}/`)
}

function punycode(domain: string): string {
  const url = `http://${domain}/`
  return /[^\p{ASCII}]/u.test(domain) && URL.canParse(url) ? new URL(url).hostname : ''
}
