// A text file in pieces, and by lines; never in memory as a whole.

import { createReadStream, statSync } from 'node:fs'
import type { Reading } from './rows.ts'

export async function* pieces({ file, advance }: Pick<Reading, 'file' | 'advance'>) {
  const { size } = statSync(file)
  let read = 0
  const decoder = new TextDecoder() // leaves out the mark that Windows begins a file with
  for await (const bytes of createReadStream(file)) {
    read += bytes.length
    advance(read / size)
    yield decoder.decode(bytes, { stream: true })
  }
  yield decoder.decode()
}

/** Split at line feeds alone: node:readline splits at U+2028 too, which a name may hold. */
export async function* lines(reading: Pick<Reading, 'file' | 'advance'>) {
  let rest = ''
  for await (const piece of pieces(reading)) {
    const parts = `${rest}${piece}`.split('\n')
    rest = parts.pop() ?? ''
    for (const line of parts) yield line.endsWith('\r') ? line.slice(0, -1) : line
  }
  if (rest !== '') yield rest
}
