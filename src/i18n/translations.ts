// The languages. The code has the English sentences; each other language is a file of `i18n/`, or the deployer's. It maps an
// English sentence to its own, with `{}` for each value, in the same order. A sentence that a language lacks stays English.

import { es } from './es.ts'

export interface Dictionary {
  /** By the English sentence. A sentence of your own code may be there too. */
  sentences: Record<string, string>
  /** Sentences for LOGIN_FIELD=username: Django translates the field names of its own user model, and no others. */
  djangoUserModel?: Record<string, string>
}

/** Dictionaries by the code of their language in lower case, such as `de` or `pt-br`. One for `es` replaces single sentences. */
export type Languages = Record<string, Dictionary>

const ownDictionaries: Languages = { es }

/** The dictionaries in use. `useLanguages` adds the deployer's. */
export let dictionaries = ownDictionaries

export const languageCodes = () => ['en', ...Object.keys(dictionaries)]

/** @throws TypeError that lists each code and each sentence that cannot work */
export function useLanguages(given: Languages) {
  const errors = Object.entries(given).flatMap(([code, dictionary]) => errorsOf(code, dictionary))
  if (errors.length > 0) throw new TypeError(`languages: ${errors.join('\n')}`)
  const merged = Object.entries(given).map(([code, own]): [string, Dictionary] => [
    code,
    {
      sentences: { ...ownDictionaries[code]?.sentences, ...own.sentences },
      djangoUserModel: { ...ownDictionaries[code]?.djangoUserModel, ...own.djangoUserModel },
    },
  ])
  dictionaries = { ...ownDictionaries, ...Object.fromEntries(merged) }
  translators.clear()
}

function errorsOf(code: string, { sentences, djangoUserModel }: Dictionary): string[] {
  const isCode = /^[a-z]{2,3}(-[a-z0-9]{2,8})*$/.test(code) && code !== 'en'
  const uneven = Object.entries({ ...sentences, ...djangoUserModel }).filter(
    ([sentence, own]) => sentence.split('{}').length !== own.split('{}').length,
  )
  return [
    ...(isCode ? [] : [`"${code}" must be a code such as "de" or "pt-br"; English is in the code`]),
    ...uneven.map(([sentence]) => `${code}: the translation must have as many {} as "${sentence}"`),
  ]
}

/** The language for a code, with or without a region; undefined if there is none. */
export function languageFor(code: string): string | undefined {
  const languages = languageCodes()
  const parts = code.toLowerCase().split('-')
  const wider = parts.map((_, dropped) => parts.slice(0, parts.length - dropped).join('-'))
  const known = wider.find((each) => languages.includes(each))
  return known ?? languages.find((each) => each.startsWith(`${parts[0]}-`))
}

export interface Translator {
  language: string
  /** A template tag: translates the sentence, and leaves the values as they are. */
  t(words: readonly string[], ...filled: unknown[]): string
  /** Translates a sentence that already contains its values. */
  translate(sentence: string): string
}

const translators = new Map<string, Translator>()

export function translator(language: string, loginField = ''): Translator {
  const key = `${language} ${loginField}`
  const known = translators.get(key)
  if (known) return known
  const { sentences, djangoUserModel } = dictionaries[language] ?? { sentences: {} }
  const own = loginField === 'username' ? djangoUserModel : {}
  const made = { language, ...newTranslator({ ...sentences, ...own }) }
  translators.set(key, made)
  return made
}

function newTranslator(dictionary: Record<string, string>): Omit<Translator, 'language'> {
  const sentences = new Map(Object.entries(dictionary))
  // The sentences with one variable part, between a known beginning and a known end. The longest beginning is tried
  // first, so that no variable part can be mistaken for the end of another sentence.
  const patterns = [...sentences]
    .flatMap(([sentence, own]) => {
      const [before = '', after, ...more] = sentence.split('{}')
      return after === undefined || more.length > 0 ? [] : [{ before, after, own: own.split('{}') }]
    })
    .sort((one, other) => other.before.length - one.before.length)
  return {
    t(words, ...filled) {
      const key = words.join('{}')
      const parts = (sentences.get(key) ?? key).split('{}')
      return parts.map((part, at) => part + String(filled[at] ?? '')).join('')
    },
    translate(sentence) {
      const own = sentences.get(sentence)
      if (own !== undefined) return own
      const fitting = patterns.find(
        ({ before, after }) =>
          sentence.length >= before.length + after.length &&
          sentence.startsWith(before) &&
          sentence.endsWith(after),
      )
      if (!fitting) return sentence
      const { before, after, own: parts } = fitting
      return parts.join(sentence.slice(before.length, sentence.length - after.length))
    },
  }
}
