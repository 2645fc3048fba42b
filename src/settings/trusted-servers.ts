// TRUSTED_SERVER_SECRET, by which a server of the deployer's proves itself, and the headers that it sends.

import type { readEnv } from './env.ts'

/** `wrangler tail` and Tail Workers show no header whose name contains "secret". */
export const secretHeader = 'x-gatehouse-secret'

const minBytes = 32

/** One, or several with commas between: while a secret rotates, or one for each server. */
export function trustedServerSecrets(read: ReturnType<typeof readEnv>): string[] {
  const secrets = read.list('TRUSTED_SERVER_SECRET', [], { secret: true })
  if (secrets.some((secret) => new TextEncoder().encode(secret).length < minBytes)) {
    read.addError(
      `TRUSTED_SERVER_SECRET has a secret of less than ${minBytes} bytes; each must be ${minBytes} random bytes or more`,
    )
  }
  if (secrets.some((secret) => /[^\x21-\x7e]/.test(secret))) {
    read.addError('TRUSTED_SERVER_SECRET holds a character that no header carries; write base64')
  }
  return secrets
}
