// Which URLs may be fetched from with a secret, or for keys.

export const thisMachine = ['localhost', '127.0.0.1', '[::1]']

/** Whether a URL is https without a password, or `development` on this machine. */
export function isTrustworthy(address: string, development: boolean): boolean {
  if (!URL.canParse(address)) return false
  const { protocol, hostname, username, password } = new URL(address)
  const isLocal = development && protocol === 'http:' && thisMachine.includes(hostname)
  return (protocol === 'https:' || isLocal) && username === '' && password === ''
}
