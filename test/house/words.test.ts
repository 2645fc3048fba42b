// The words that STYLE.md forbids do not come back in the documents. Text between backticks is exempt, and so are fenced
// blocks: names, addresses and output are quoted there.

import { expect, test } from 'vitest'

const forbidden =
  /\b(who(?:m|ever|mever)|nobody|somebody|he|him|his|wants|e-mails?|log-ins?|logs-in|misfits?|taken back|that which|manieth)\b/i

const documents = import.meta.glob<string>(
  [
    '../../{README,CONTRIBUTING,SECURITY,ARCHITECTURE}.md',
    '../../docs/**/*.md',
    '../../examples/*/README.md',
  ],
  { query: '?raw', import: 'default', eager: true },
)

test('the documents have no forbidden word', () => {
  const found = Object.entries(documents).flatMap(([file, source]) =>
    proseOf(source)
      .split('\n')
      .flatMap((line, index) => {
        const word = forbidden.exec(line.replaceAll(/`[^`]*`|https?:\S+|\([^)\s]*\)/g, ''))?.[0]
        return word ? [`${file.replace('../../', '')}:${index + 1} ${word}`] : []
      }),
  )
  expect(found).toEqual([])
})

/** A document without its fenced blocks, line by line. */
const proseOf = (source: string) =>
  source.replaceAll(/^ *```.*?^ *```/gms, (block) => block.replaceAll(/[^\n]/g, ''))
