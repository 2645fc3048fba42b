// Reads a text file in pieces or lines, and never keeps all of it in memory. The text is UTF-8, or UTF-16 with a byte
// order mark.

import { isUtf8 } from 'node:buffer'
import { createReadStream, statSync } from 'node:fs'
import type { Reading } from './rows.ts'
import { startOf } from './start.ts'

type File = Pick<Reading, 'file' | 'advance'>

export async function* pieces({ file, advance }: File) {
  const { size } = statSync(file)
  const encoding = encodingOf(startOf(file, 4))
  const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: false })
  const place = { line: 1, character: 0 }
  let read = 0
  let incomplete = Buffer.alloc(0)
  for await (const bytes of createReadStream(file) as AsyncIterable<Buffer>) {
    read += bytes.length
    advance(read / size)
    yield decode(bytes)
    incomplete = incompleteEnd(bytes)
  }
  yield decode()

  function decode(bytes?: Buffer): string {
    try {
      const text = decoder.decode(bytes, { stream: bytes !== undefined })
      advancePlace(place, text)
      return text
    } catch {
      throw new Error(
        undecodableError(Buffer.concat([incomplete, bytes ?? Buffer.alloc(0)]), place, encoding),
      )
    }
  }
}

/** Splits at line feeds only. node:readline also splits at U+2028, which a name may contain. */
export async function* lines(reading: File) {
  let rest = ''
  for await (const piece of pieces(reading)) {
    const parts = `${rest}${piece}`.split('\n')
    rest = parts.pop() ?? ''
    for (const line of parts) yield line.endsWith('\r') ? line.slice(0, -1) : line
  }
  if (rest !== '') yield rest
}

export function encodingOf(start: Buffer) {
  if (start[0] === 0xff && start[1] === 0xfe) return 'utf-16le'
  return start[0] === 0xfe && start[1] === 0xff ? 'utf-16be' : 'utf-8'
}

interface Place {
  line: number
  /** The number of characters of the line that were read. */
  character: number
}

function advancePlace(place: Place, text: string) {
  const last = text.lastIndexOf('\n')
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) place.line++
  place.character = last < 0 ? place.character + text.length : text.length - last - 1
}

/** The bytes at the end that begin a character which continues in the next piece. */
function incompleteEnd(bytes: Buffer): Buffer {
  for (let length = 1; length <= Math.min(3, bytes.length); length++) {
    const byte = bytes[bytes.length - length] ?? 0
    if (byte < 0x80) break
    if (byte < 0xc0) continue
    const needed = byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4
    return needed > length ? bytes.subarray(-length) : Buffer.alloc(0)
  }
  return Buffer.alloc(0)
}

/** An error that names the place, but never its content. */
function undecodableError(bytes: Buffer, { line, character }: Place, encoding: string): string {
  if (encoding !== 'utf-8') return `it is not valid UTF-16, at or after line ${line}.`
  let [at, before] = [line, character]
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(10, start) < 0 ? bytes.length : bytes.indexOf(10, start)
    const text = bytes.subarray(start, end)
    if (!isUtf8(text)) {
      before += text.toString().indexOf('\uFFFD')
      break
    }
    ;[at, before, start] = [at + 1, 0, end + 1]
  }
  return (
    `line ${at}, character ${before + 1} is not UTF-8. First convert the file, for example from ` +
    'Windows’ encoding: iconv -f cp1252 -t utf-8 OLD > NEW'
  )
}
