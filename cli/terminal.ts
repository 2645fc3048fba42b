// Colours in a terminal. Without a terminal, or with NO_COLOR (no-color.org), the text stays plain.

import type { WriteStream } from 'node:tty'

type Stream = Pick<WriteStream, 'isTTY'>

const hasColours = ({ isTTY }: Stream) =>
  isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb'

const inColour =
  (code: number) =>
  (text: string, stream: Stream = process.stdout) =>
    hasColours(stream) ? `\u001b[${code}m${text}\u001b[0m` : text

export const bold = inColour(1)
export const red = inColour(31)
export const green = inColour(32)
export const yellow = inColour(33)

/** Shows the operator what the program does next. Without a terminal it prints nothing. */
export function printStep(sentence: string) {
  if (process.stdout.isTTY) console.log(bold(sentence))
}

export const warn = (sentence: string) => console.warn(yellow(sentence, process.stderr))
