// Every sentence that leaves has words in every language, and every language only words that are used. Over
// the wire: http/language.test.ts, and test/conformance.

import { describe, expect, test } from 'vitest'
import { sentences as allSentences, missingSentences } from '../../src/i18n/sentences.ts'
import { dictionaries, languageFor, translator } from '../../src/i18n/translations.ts'

const rooms = import.meta.glob<string>(
  [
    '../../src/{bodies,http,guards,routes,pages,mail}/**/*.{ts,tsx}',
    '../../src/passwords/validators.ts',
    '../../src/tokens/authorization-header.ts',
    // Seen in development alone.
    '!../../src/**/mailbox.tsx',
  ],
  { query: '?raw', import: 'default', eager: true },
)

const noTables = 'The database has no tables yet. Run: {}'
const notMigrated = 'The migration {} was not applied. Run: {}'

/** What stays English, by language: why, and which sentences. */
const english: Record<string, Record<string, string[]>> = {
  es: {
    'Django, REST framework and Simple JWT have no Spanish for it': [
      'JSON parse error - {}',
      'Multipart form parse error - {}',
      'CSRF Failed: {}',
      'CSRF Failed: Sec-Fetch-Site is {}.',
      'Origin checking failed - {} does not match any trusted origins.',
      'No data provided',
      'Surrogate characters are not allowed: U+{}.',
      'No active account found for the given token.',
      "The user's password has been changed.",
      'Token is invalid',
      'Token is expired',
    ],
    'drf-jwt answers English, unless it is an app of the project too': [
      'Invalid Authorization header. No credentials provided.',
      'Invalid Authorization header. Credentials string should not contain spaces.',
      'Invalid payload.',
      'Invalid signature.',
      'Token has expired.',
      'Signature has expired.',
      'Refresh has expired.',
      'Error decoding token.',
      'Error decoding signature.',
      "User doesn't exist.",
      'Token is blacklisted.',
    ],
    'it has two gaps, and a label of the deployer fills one': ['{} with this {} already exists.'],
    'only operators read it, or it is not an error': [
      noTables,
      notMigrated,
      'There is no openapi.json. It is written by: gatehouse dev, gatehouse deploy',
      'Cloudflare rejected TURNSTILE_SECRET_KEY; it must be your widget’s',
      'You have access to this protected endpoint.',
    ],
  },
}

describe.each(Object.entries(dictionaries))('%s', (language, { sentences, djangoUserModel }) => {
  const own: Record<string, string> = { ...sentences, ...djangoUserModel }
  const left = Object.values(english[language] ?? {}).flat()
  const { translate } = translator(language, 'username')

  test('has words for every sentence, but for those that are listed', () => {
    const missing = sentencesInCode().filter(
      ({ sentence }) => !left.includes(sentence) && !isKnown(own, sentence),
    )
    expect(missing.map(({ file, sentence }) => `${file}: ${sentence}`)).toEqual([])
  })

  test('translates only sentences that exist, and lists none twice', () => {
    const all = sentencesInCode().map(({ sentence }) => sentence)
    expect(Object.keys(sentences).filter((sentence) => !all.includes(sentence))).toEqual([])
    expect(left.filter((sentence) => !all.includes(sentence))).toEqual([])
    expect(left.filter((sentence) => (own[sentence] ?? sentence) !== sentence)).toEqual([])
  })

  test('fills in as much as the English does', () => {
    const uneven = Object.entries(own).filter(([sentence, words]) => gaps(sentence) !== gaps(words))
    expect(uneven).toEqual([])
  })

  test('never translates a value that fills a gap', () => {
    const keys = Object.keys(own)
    const hostile = [...keys, ...keys.map((key) => `" ${key}`), '{}', '$&', '$1', '', '\n', '%s']
    // A gap at the start of a sentence is left out: the deployer's own names fill it.
    const filledIn = sentencesInCode().filter(
      ({ sentence, tagged }) =>
        !tagged && sentence !== noTables && /^[^{]+\{\}[^{]*$/.test(sentence),
    )
    expect(filledIn.length).toBeGreaterThan(10)
    for (const { sentence } of filledIn) {
      const words = own[sentence] ?? sentence
      const end = sentence.split('{}')[1] ?? ''
      const ends = keys
        .filter((key) => key.endsWith(end))
        .map((key) => key.slice(0, key.length - end.length))
      for (const filled of [...hostile, ...ends].filter((each) => !(fill(sentence, each) in own))) {
        expect(translate(fill(sentence, filled))).toBe(fill(words, filled))
      }
    }
  })
})

test('the list for translators has every sentence once, and no other', () => {
  const operators = english.es?.['only operators read it, or it is not an error'] ?? []
  const inCode = sentencesInCode().map(({ sentence }) => sentence)
  const listed = Object.fromEntries(allSentences.map((sentence) => [sentence, '']))
  const unlisted = inCode.filter(
    (sentence) => !operators.includes(sentence) && !isKnown(listed, sentence),
  )
  expect(unlisted).toEqual([])
  const { djangoUserModel = {} } = dictionaries.es ?? {}
  const unused = allSentences.filter(
    (sentence) => !inCode.includes(sentence) && !(sentence in djangoUserModel),
  )
  expect(unused).toEqual([])
  expect(allSentences.length).toBe(new Set(allSentences).size)
})

test('the missing sentences of a language are those that it does not translate', () => {
  const de = { sentences: { 'Not found.': 'Nicht gefunden.', 'Mine.': 'Meins.' } }
  const missing = missingSentences({ de, es: { sentences: {} } })
  expect(Object.keys(missing)).toEqual(['de'])
  expect(missing.de).toEqual(allSentences.filter((sentence) => sentence !== 'Not found.'))
})

test('pages and mails write no words of their own', () => {
  const bare = Object.entries(rooms)
    .filter(([file]) => /\/(pages|mail)\//.test(file))
    .flatMap(([file, source]) => [
      ...sentencesIn(source).filter(({ tagged }) => !tagged),
      ...[...source.matchAll(/[^=]>\s*([A-Z][a-z]+ [^<>{}]*)</g)].map(([, text]) => ({
        file,
        text,
      })),
    ])
  expect(bare).toEqual([])
})

test('a code finds its language with or without a region', () => {
  const codes = ['en', 'en-us', 'es', 'ES-419', 'es-mx-x', 'fr', 'es_MX', 'e', '', 'esperanto']
  expect(codes.map(languageFor)).toEqual([
    ...['en', 'en', 'es', 'es', 'es'],
    ...[undefined, undefined, undefined, undefined, undefined],
  ])
})

test('what a language lacks is in English, and filled in', () => {
  const { t, translate } = translator('es')
  expect(t`Nobody says ${1} to ${'{}'}.`).toBe('Nobody says 1 to {}.')
  expect(translate('Nobody says this.')).toBe('Nobody says this.')
  expect(translator('tlh').translate('Not found.')).toBe('Not found.')
})

function sentencesInCode() {
  return Object.entries(rooms).flatMap(([file, source]) =>
    sentencesIn(source).map((found) => ({ file: file.replace('../../src/', ''), ...found })),
  )
}

/** Every literal that reads as a sentence, and every one with the tag `t`; not the name and description of a view. */
function sentencesIn(source: string): { sentence: string; tagged: boolean }[] {
  return [...source.matchAll(literals)].flatMap(([, before = '', one, two, template]) => {
    const literal = one ?? two ?? template
    if (literal === undefined || /view\($|(name|description): $/.test(before)) return []
    const sentence = literal.replaceAll(/\$\{[^}]*\}/g, '{}').replaceAll(/\\(['"`])/g, '$1')
    const tagged = before === 't'
    return tagged || readsAsSentence.test(sentence) ? [{ sentence, tagged }] : []
  })
}

const literals =
  /(?:\/\/.*|\/\*[\s\S]*?\*\/)|(\bt|view\(|\bname: |description: )?(?:'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`)/g

const readsAsSentence = /^["“{A-Z].*[a-z]{2,}[:.,]? ["'{A-Za-z-]/

const gaps = (sentence: string) => sentence.split('{}').length - 1

const fill = (sentence: string, filled: string) => sentence.split('{}').join(filled)

/** Whether the dictionary has the sentence, or one with a gap that it fills. */
const isKnown = (own: Record<string, string>, sentence: string) =>
  sentence in own ||
  Object.keys(own).some((key) => {
    const [before = '', after] = key.split('{}')
    return after !== undefined && sentence.startsWith(before) && sentence.endsWith(after)
  })
