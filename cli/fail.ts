// How a tool ends that cannot go on: a sentence and status 1, with no stack.

import { resolve, sep } from 'node:path'

export function refuse(sentence: string): never {
  console.error(sentence)
  process.exit(1)
}

/** What is secret and stands in the project's directory is committed one day. */
export function refuseInside(option: string, file: string) {
  if (resolve(file).startsWith(resolve('.') + sep)) {
    refuse(`${option}: ${file} is in this directory; it wants a place outside.`)
  }
}
