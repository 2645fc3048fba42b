// How a tool ends that cannot go on: a sentence and status 1, with no stack.

import { resolve, sep } from 'node:path'

export function fail(sentence: string): never {
  console.error(sentence)
  process.exit(1)
}

/** What is secret and stands in the project's directory is committed one day. */
export function failIfInside(option: string, file: string) {
  if (resolve(file).startsWith(resolve('.') + sep)) {
    fail(`${option}: ${file} is in this directory; it wants a place outside.`)
  }
}
