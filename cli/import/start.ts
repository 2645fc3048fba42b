// What a file is, by its first bytes, and what to do with one that is not read.

import { closeSync, openSync, readSync, statSync } from 'node:fs'

/** The first bytes of a file. */
export function startOf(file: string, length: number): Buffer {
  const descriptor = openSync(file, 'r')
  try {
    const bytes = Buffer.alloc(length)
    return bytes.subarray(0, readSync(descriptor, bytes))
  } finally {
    closeSync(descriptor)
  }
}

/** @returns a sentence where there is no file, or one that cannot be opened */
export function unopened(file: string): string | undefined {
  try {
    const found = statSync(file)
    if (found.isDirectory()) return 'it is a folder; name the files in it.'
    if (!found.isFile()) return 'it is no file.'
    return found.size === 0 ? 'it is empty.' : openedOnce(file)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return code === 'ENOENT' ? 'there is no such file.' : `it cannot be opened (${code}).`
  }
}

function openedOnce(file: string): undefined {
  startOf(file, 1)
  return undefined
}

const otherWay = 'Take the data out with manage.py dumpdata, which every database has'

/** By the first bytes, in hexadecimal. */
const binary: [RegExp, string][] = [
  [/^1f8b/, 'it is packed with gzip. Unpack it first: gunzip FILE'],
  [/^504b0[357]/, 'it is a zip file. Unpack it first: unzip FILE'],
  [/^425a683/, 'it is packed with bzip2. Unpack it first: bunzip2 FILE'],
  [/^fd377a585a/, 'it is packed with xz. Unpack it first: unxz FILE'],
  [/^28b52ffd/, 'it is packed with zstd. Unpack it first: unzstd FILE'],
  [/^377abcaf/, 'it is a 7z file. Unpack it first: 7z x FILE'],
  [
    /^5047444d50/, // PGDMP
    'it is pg_dump’s custom format. Make text of it: pg_restore --data-only -f django.sql FILE',
  ],
  [/^.{514}7573746172/, 'it is a tar file. Unpack it first: tar -xf FILE'],
  [/^(fffe0000|0000feff)/, 'it is UTF-32. Convert it: iconv -f utf-32 -t utf-8 FILE'],
  [
    /^(?!00)..00(?!00)..00/,
    'it is UTF-16 without a mark. Convert it: iconv -f utf-16le -t utf-8 FILE',
  ],
  [
    /^00(?!00)..00(?!00)/,
    'it is UTF-16 without a mark. Convert it: iconv -f utf-16be -t utf-8 FILE',
  ],
]

export const isSqlite = (bytes: Buffer) => bytes.toString('latin1', 0, 16) === 'SQLite format 3\0'

/** @returns a sentence where the bytes are of no kind that is read */
export function unreadBinary(bytes: Buffer): string | undefined {
  const hex = bytes.toString('hex', 0, 512)
  for (const [form, sentence] of binary) if (form.test(hex)) return sentence
  const isText = /^(fffe|feff)/.test(hex) || !bytes.includes(0)
  return isText ? undefined : `it is neither text nor a SQLite file. ${otherWay}.`
}

const texts: [RegExp, string][] = [
  [
    /^(-- (MySQL|MariaDB) dump|-- phpMyAdmin SQL|\/\*!|\/\*M!|LOCK TABLES)/im,
    `it is SQL of mysqldump or phpMyAdmin, which is not read. ${otherWay}.`,
  ],
  [/^(---[^\n]*\n)?\s*- *(model|pk|fields):/, 'it is YAML. Run dumpdata with --format json.'],
  [
    /^(<\?xml|<django-objects|<!DOCTYPE|<html)/i,
    'it is XML or HTML. Run dumpdata with --format json.',
  ],
]

/** @returns a sentence where the text, of which this is the beginning, is of no kind that is read */
export function unreadText(text: string): string | undefined {
  if (text.trim() === '') return 'it is empty.'
  for (const [form, sentence] of texts) if (form.test(text)) return sentence
  const json = /(\[\s*)?\{\s*"(model|pk|fields)"\s*:/.exec(text)
  if (!json || json.index === 0) return undefined
  const before = text.slice(0, json.index)
  if (/^\s*\[\s*$/.test(before) || looksLikeFields(before)) return undefined
  const line = before.split('\n').length
  return (
    `its JSON begins in line ${line}, below what manage.py printed. ` +
    `Take the lines before it out: tail -n +${line} OLD > NEW`
  )
}

/** A CSV file may hold JSON in a field, and SQL in a value. */
const looksLikeFields = (before: string) => /[,;\t'"]\s*$/.test(before)
