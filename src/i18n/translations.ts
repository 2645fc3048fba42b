// The languages there are. English is what the code says; another is one file in `languages/`, from each
// English sentence to its own, with `{}` for what is filled in, in the same order. What a language lacks
// stays English.

import { es } from './es.ts'

interface Dictionary {
  sentences: Record<string, string>
  /** Said where people log in by name: the fields of Django's own user have names, a deployer's have not. */
  djangoUserModel: Record<string, string>
}

export const dictionaries: Record<string, Dictionary> = { es }

export const languages = ['en', ...Object.keys(dictionaries)]

/** The language for a code, with or without a region; undefined where there is none. */
export function languageFor(code: string): string | undefined {
  const parts = code.toLowerCase().split('-')
  const wider = parts.map((_, dropped) => parts.slice(0, parts.length - dropped).join('-'))
  const known = wider.find((each) => languages.includes(each))
  return known ?? languages.find((each) => each.startsWith(`${parts[0]}-`))
}

export interface Translator {
  language: string
  /** A tag: the words are looked up, what is filled in stays as it is. */
  t(words: readonly string[], ...filled: unknown[]): string
  /** A sentence that was filled in already. */
  translate(sentence: string): string
}

const translators = new Map<string, Translator>()

export function translator(language: string, loginField = ''): Translator {
  const key = `${language} ${loginField}`
  const known = translators.get(key)
  if (known) return known
  const { sentences, djangoUserModel } = dictionaries[language] ?? english
  const own = loginField === 'username' ? djangoUserModel : {}
  const made = { language, ...newTranslator({ ...sentences, ...own }) }
  translators.set(key, made)
  return made
}

const english: Dictionary = { sentences: {}, djangoUserModel: {} }

function newTranslator(dictionary: Record<string, string>): Omit<Translator, 'language'> {
  const sentences = new Map(Object.entries(dictionary))
  // Those with one thing filled in: it stands between a beginning and an end that are known. The longest
  // beginning decides, so that nothing that is filled in can pass for the end of another sentence.
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
