// Asks for a new password in the terminal, twice and hidden. It asks again until the password passes the checks, or the
// operator insists on one that does not.

import { readFileSync } from 'node:fs'
import { commonPasswords } from '../src/passwords/common.ts'
import { packageFile } from './package.ts'
import type { Prompt } from './prompt.ts'

export const blankPassword = "Error: Blank passwords aren't allowed."

/**
 * @param validate returns the errors of a password
 * @param insist the question whether to use a password that has errors
 */
export async function askNewPassword(
  { ask, askHidden }: Prompt,
  validate: (password: string) => Promise<string[]>,
  insist: string,
): Promise<string> {
  for (;;) {
    const password = await askHidden('Password: ')
    const again = await askHidden('Password (again): ')
    if (password !== again) {
      console.error("Error: Your passwords didn't match.")
      continue
    }
    if (password.trim() === '') {
      console.error(blankPassword)
      continue
    }
    const errors = await validate(password)
    if (errors.length === 0) return password
    console.error(errors.join('\n'))
    const answer = await ask(`${insist} [y/N]: `)
    if (answer.toLowerCase() === 'y') return password
  }
}

const assets = {
  fetch: async (url: string) =>
    new Response(readFileSync(packageFile(`assets${new URL(url).pathname}`))),
}

export const isCommon = commonPasswords(assets as Fetcher)
