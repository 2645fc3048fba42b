// Each message of ours that docs/troubleshooting.md quotes as a heading, or in a table of messages, must be in the code to the letter.

import { expect, test } from 'vitest'
import page from '../../docs/troubleshooting.md?raw'
import { production, settingsErrorOf } from '../support/production.ts'

const sources = import.meta.glob<string>('/{src,cli,bin}/**/*.{ts,tsx,js}', {
  query: '?raw',
  import: 'default',
  eager: true,
})

/** The code, and messages that it makes of parts. */
const ours = [
  ...Object.values(sources),
  settingsErrorOf({ PUBLIC_URL: undefined }),
  settingsErrorOf({ SECRET_KEY: 'short' }),
].join('\n')

/** Other programs' messages. */
const othersSections = ['In the browser']

const sections = page.split(/^## /m).slice(1)

const quoted = sections
  .filter((section) => !othersSections.some((title) => section.startsWith(title)))
  .flatMap((section) => [
    ...section.matchAll(/^### (`.+`)$/gm),
    ...[...section.matchAll(/^\| `message` \|.*\n((?:\|.*\n)+)/gm)].flatMap(([, rows = '']) => [
      ...rows.matchAll(/^\| (`[^|]+`) \|/gm),
    ]),
  ])
  .flatMap(([, text = '']) => [...text.matchAll(/`([^`]+)`/g)].map(([, message = '']) => message))

test('the page quotes many messages', () => {
  expect(quoted.length).toBeGreaterThan(40)
})

test.each(quoted)('%s', (message) => {
  const parts = message.split('…').filter((part) => part.trim() !== '')
  expect(parts.filter((part) => !ours.includes(part))).toEqual([])
})

test('production would start with the settings that the errors are made from', () => {
  expect(settingsErrorOf(production)).toBeUndefined()
})
