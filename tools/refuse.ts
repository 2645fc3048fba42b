// How a tool ends that cannot go on: a sentence and status 1, with no stack.

export function refuse(sentence: string): never {
  console.error(sentence)
  process.exit(1)
}
