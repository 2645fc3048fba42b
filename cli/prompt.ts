// Asks questions in the operator's terminal. The terminal does not show a hidden answer, and keeps no history.

import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'

export interface Prompt {
  ask: (question: string) => Promise<string>
  askHidden: (question: string) => Promise<string>
  close: () => void
}

/** @param cancel called when the operator presses Ctrl+C or Ctrl+D */
export function openPrompt(cancel: () => never): Prompt {
  let hidden = false
  const output = new Writable({
    write(chunk, _encoding, done) {
      if (!hidden) process.stdout.write(chunk)
      done()
    },
  })
  const terminal = createInterface({ input: process.stdin, output, terminal: true, historySize: 0 })
  terminal.on('SIGINT', cancel).on('close', cancel)

  return {
    ask: (question) => terminal.question(question),
    async askHidden(question) {
      process.stdout.write(question)
      hidden = true
      const answer = await terminal.question('')
      hidden = false
      process.stdout.write('\n')
      return answer
    },
    close() {
      terminal.off('close', cancel)
      terminal.close()
    },
  }
}
