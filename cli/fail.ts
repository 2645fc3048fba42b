// Ends a program that cannot continue, with a sentence and status 1, and without a stack trace.

import { resolve, sep } from 'node:path'

export function fail(message: string): never {
  console.error(message)
  process.exit(1)
}

/** Fails if a file with secrets is inside this project, where it could be committed by mistake. */
export function failIfInside(option: string, file: string) {
  if (resolve(file).startsWith(resolve('.') + sep)) {
    fail(
      `${option}: ${file} is in this directory. It must be outside, so that it is not committed.`,
    )
  }
}
