// django.middleware.locale.LocaleMiddleware: with USE_I18N, `Accept-Language` chooses the language of the response
// (django.utils.translation.trans_real). Without it, every response is in English.

import { createMiddleware } from 'hono/factory'
import type { App, Call } from '../context.ts'
import { languageFor, type Translator, translator } from '../i18n/translations.ts'
import { isPreflight } from './cors.ts'

type LanguageRequest = Pick<Call, 'req' | 'var'>

export const language = createMiddleware<App>(async function language(c, next) {
  await next()
  if (!c.var.settings.useI18n || isPreflight(c)) return
  c.header('Vary', 'Accept-Language', { append: true })
  c.header('Content-Language', chooseLanguage(c))
})

function chooseLanguage({ req, var: { settings } }: LanguageRequest): string {
  // If the settings are invalid, the context has none.
  if (!settings?.useI18n) return 'en'
  for (const range of parseRanges(req.header('accept-language') ?? '')) {
    if (range === '*') break
    const known = languageFor(range)
    if (known !== undefined) return known
  }
  return settings.language
}

/** The translator for a request's language. */
export const translatorOf = (c: LanguageRequest): Translator =>
  translator(chooseLanguage(c), c.var.settings?.loginField)

/** An error body, with its sentences in the request's language. */
export function translateBody<T>(c: LanguageRequest, body: T): T {
  const { language, translate } = translatorOf(c)
  if (language === 'en') return body
  const translated = (value: unknown): unknown => {
    if (typeof value === 'string') return translate(value)
    if (Array.isArray(value)) return value.map(translated)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, translated(each)]))
  }
  return translated(body) as T
}

const languageRange =
  /([a-z]{1,8}(?:-[a-z0-9]{1,8})*|\*)(?:\s*;\s*q=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?))?(?:\s*,\s*|$)/g

/** The language ranges, the highest quality first; none if any part of the header cannot be parsed. */
function parseRanges(header: string): string[] {
  const text = withinLimit(header).toLowerCase()
  const found = [...text.matchAll(languageRange)]
  if (found.map(([whole]) => whole).join('') !== text) return []
  return found
    .map(([, range = '', quality = '1']) => ({ range, quality: Number(quality) }))
    .sort((a, b) => b.quality - a.quality)
    .map(({ range }) => range)
}

const maxRangeLength = 500

const withinLimit = (header: string) =>
  header.length <= maxRangeLength
    ? header
    : header.slice(0, Math.max(header.lastIndexOf(',', maxRangeLength - 1), 0))
