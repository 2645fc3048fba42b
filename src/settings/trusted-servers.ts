// TRUSTED_SERVER_SECRET, by which a server of the deployer's proves itself, and the headers that it sends.

import type { Settings } from '../settings.ts'
import type { readVariables } from './env.ts'

/** `wrangler tail` and Tail Workers show no header whose name contains "secret". */
export const secretHeader = 'x-gatehouse-secret'

const leastBytes = 32

/** One, or several with commas between: while a secret rotates, or one for each server. */
export function trustedServerSecrets(read: ReturnType<typeof readVariables>): string[] {
  const secrets = read.list('TRUSTED_SERVER_SECRET', [], { secret: true })
  if (secrets.some((secret) => new TextEncoder().encode(secret).length < leastBytes)) {
    read.complain(
      `TRUSTED_SERVER_SECRET has a secret of less than ${leastBytes} bytes; each must be ${leastBytes} random bytes or more`,
    )
  }
  if (secrets.some((secret) => /[^\x21-\x7e]/.test(secret))) {
    read.complain('TRUSTED_SERVER_SECRET holds a character that no header carries; write base64')
  }
  return secrets
}

export function trustedServerMisfits(settings: Settings): string[] {
  const { trustedServerSecrets, secretKey, signingKey, cors } = settings
  const isKey = trustedServerSecrets.some((secret) => [secretKey, signingKey].includes(secret))
  const isInvited = cors.allowHeaders.some((name) => name.toLowerCase() === secretHeader)
  return [
    ...(isKey ? ['TRUSTED_SERVER_SECRET is another key too; it must be a secret of its own'] : []),
    ...(isInvited
      ? [
          'CORS_ALLOW_HEADERS holds X-Gatehouse-Secret; no browser must send it, so it must not be there',
        ]
      : []),
  ]
}
