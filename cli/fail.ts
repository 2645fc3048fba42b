// Ends a program that cannot continue, with a sentence and without a stack trace: status 1 if it was refused or failed, 2 if
// the command line is wrong.

import { resolve, sep } from 'node:path'
import { red } from './terminal.ts'

export function fail(message: string): never {
  console.error(withRedHead(message))
  process.exit(1)
}

export function misuse(message: string): never {
  console.error(withRedHead(message))
  process.exit(2)
}

const withRedHead = (message: string) => message.replace(/^.+/, (line) => red(line, process.stderr))

/** Fails if a file with secrets is inside this project, where it could be committed by mistake. */
export function failIfInside(option: string, file: string) {
  if (resolve(file).startsWith(resolve('.') + sep)) {
    fail(
      `${option}: ${file} is in this directory. It must be outside, so that it is not committed.`,
    )
  }
}
