// The secrets of development, in .dev.vars.

import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { type Configuration, developmentSecretsFile, unreadSecrets } from '../configuration.ts'
import { keyFileText, newKey } from '../key-file.ts'
import { commandFor } from '../project.ts'
import { warn } from '../terminal.ts'

/** Writes .dev.vars with new secrets at the first run, readable only by the file's owner. Never changes an existing file. */
export async function makeSecrets({ env, requiredSecrets }: Configuration) {
  const secret = () => randomBytes(32).toString('base64url')
  const keySet =
    requiredSecrets.includes('SIGNING_KEYS') &&
    keyFileText([await newKey('ES256', new Date())]).replaceAll('\n', '')
  const lines = [
    `# Secrets for development, made by ${commandFor('dev')}. Never deploy them: production requires its own.`,
    `SECRET_KEY="${secret()}"`,
    keySet ? `SIGNING_KEYS='${keySet}'` : `SIGNING_KEY="${secret()}"`,
    '# Without a key of resend.com, no email is sent. /dev/mailbox/ shows the emails instead.',
    'RESEND_API_KEY=""',
  ]
  try {
    writeFileSync(developmentSecretsFile(env), `${lines.join('\n')}\n`, { flag: 'wx', mode: 0o600 })
    console.log('Created .dev.vars with new secrets.')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

export function warnAboutUnreadSecrets(configuration: Configuration) {
  for (const name of unreadSecrets(configuration)) {
    warn(`${name} in .dev.vars is not read. Add it to [secrets] required in wrangler.toml.`)
  }
}
