// TRUSTED_SERVER_SECRET, by which a server of the deployer's proves itself, and the headers that it sends.

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
