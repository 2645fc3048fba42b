// A new password: asked for in the terminal, twice and hidden, until it is a good one or the operator insists.

import { readFileSync } from 'node:fs'
import { commonPasswords } from '../src/passwords/common.ts'
import type { Prompt } from './prompt.ts'

export const blank = "Error: Blank passwords aren't allowed."

/** @param insist the question whether to take one that `judge` speaks against */
export async function askNewPassword(
  { ask, askHidden }: Prompt,
  judge: (password: string) => Promise<string[]>,
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
      console.error(blank)
      continue
    }
    const sentences = await judge(password)
    if (sentences.length === 0) return password
    console.error(sentences.join('\n'))
    const answer = await ask(`${insist} [y/N]: `)
    if (answer.toLowerCase() === 'y') return password
  }
}

const assets = {
  fetch: async (url: string) =>
    new Response(readFileSync(new URL(`../assets${new URL(url).pathname}`, import.meta.url))),
}

export const isCommon = commonPasswords(assets as Fetcher)
