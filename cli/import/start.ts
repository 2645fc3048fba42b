// Recognises a format by the first bytes of a file, and says how to convert a file that the import does not read.

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

/** @returns the reason why the file cannot be opened, if so */
export function openError(file: string): string | undefined {
  try {
    const stats = statSync(file)
    if (stats.isDirectory()) return 'it is a folder. Name the files in it.'
    if (!stats.isFile()) return 'it is not a file.'
    if (stats.size === 0) return 'it is empty.'
    startOf(file, 1) // throws if it cannot be opened
    return undefined
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return code === 'ENOENT' ? 'there is no such file.' : `it cannot be opened (${code}).`
  }
}

const useDumpdata = 'Use manage.py dumpdata, which works with every database.'

/** Formats by their first bytes, in hexadecimal. */
const binaryFormats: [RegExp, string][] = [
  [/^1f8b/, 'it is compressed with gzip. Decompress it first: gunzip FILE'],
  [/^504b0[357]/, 'it is a zip file. Unpack it first: unzip FILE'],
  [/^425a683/, 'it is compressed with bzip2. Decompress it first: bunzip2 FILE'],
  [/^fd377a585a/, 'it is compressed with xz. Decompress it first: unxz FILE'],
  [/^28b52ffd/, 'it is compressed with zstd. Decompress it first: unzstd FILE'],
  [/^377abcaf/, 'it is a 7z file. Unpack it first: 7z x FILE'],
  [
    /^5047444d50/, // PGDMP
    'it has pg_dump’s custom format. Convert it to text: pg_restore --data-only -f django.sql FILE',
  ],
  [/^.{514}7573746172/, 'it is a tar file. Unpack it first: tar -xf FILE'],
  [/^(fffe0000|0000feff)/, 'it is UTF-32. Convert it: iconv -f utf-32 -t utf-8 FILE'],
  [
    /^(?!00)..00(?!00)..00/,
    'it is UTF-16 without a byte order mark. Convert it: iconv -f utf-16le -t utf-8 FILE',
  ],
  [
    /^00(?!00)..00(?!00)/,
    'it is UTF-16 without a byte order mark. Convert it: iconv -f utf-16be -t utf-8 FILE',
  ],
]

export const isSqlite = (bytes: Buffer) => bytes.toString('latin1', 0, 16) === 'SQLite format 3\0'

/** @returns what to do with the file, if its bytes have a format that the import does not read */
export function binaryError(bytes: Buffer): string | undefined {
  const hex = bytes.toString('hex', 0, 512)
  for (const [pattern, sentence] of binaryFormats) if (pattern.test(hex)) return sentence
  const isText = /^(fffe|feff)/.test(hex) || !bytes.includes(0)
  return isText ? undefined : `it is neither text nor a SQLite file. ${useDumpdata}`
}

const textFormats: [RegExp, string][] = [
  [
    /^(-- (MySQL|MariaDB) dump|-- phpMyAdmin SQL|\/\*!|\/\*M!|LOCK TABLES)/im,
    `it is SQL of mysqldump or phpMyAdmin, which the import does not read. ${useDumpdata}`,
  ],
  [/^(---[^\n]*\n)?\s*- *(model|pk|fields):/, 'it is YAML. Run dumpdata with --format json.'],
  [
    /^(<\?xml|<django-objects|<!DOCTYPE|<html)/i,
    'it is XML or HTML. Run dumpdata with --format json.',
  ],
]

/** @param text the beginning of the file. @returns what to do with it, if the import does not read its format */
export function textError(text: string): string | undefined {
  if (text.trim() === '') return 'it is empty.'
  for (const [pattern, sentence] of textFormats) if (pattern.test(text)) return sentence
  const json = /(\[\s*)?\{\s*"(model|pk|fields)"\s*:/.exec(text)
  if (!json || json.index === 0) return undefined
  const before = text.slice(0, json.index)
  if (/^\s*\[\s*$/.test(before) || looksLikeFields(before)) return undefined
  const line = before.split('\n').length
  return (
    `its JSON begins at line ${line}, after other output of manage.py. ` +
    `Remove the lines before it: tail -n +${line} OLD > NEW`
  )
}

/** A CSV file may have JSON or SQL in a field. */
const looksLikeFields = (before: string) => /[,;\t'"]\s*$/.test(before)
