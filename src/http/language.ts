// django.middleware.locale.LocaleMiddleware: with USE_I18N, `Accept-Language` chooses what a request is
// answered in (django.utils.translation.trans_real). Off, everything is said in English.

import { createMiddleware } from 'hono/factory'
import type { App, Call } from '../context.ts'
import { languageFor, type Translator, translator } from '../i18n/translations.ts'
import { isPreflight } from './cors.ts'

type LanguageRequest = Pick<Call, 'req' | 'var'>

export const language = createMiddleware<App>(async function language(c, next) {
  await next()
  if (!c.var.settings.useI18n || isPreflight(c)) return
  c.header('Vary', 'Accept-Language', { append: true })
  c.header('Content-Language', languageOf(c))
})

export function languageOf({ req, var: { settings } }: LanguageRequest): string {
  // Where the settings are wrong, there are none.
  if (!settings?.useI18n) return 'en'
  for (const range of rangesIn(req.header('accept-language') ?? '')) {
    if (range === '*') break
    const known = languageFor(range)
    if (known !== undefined) return known
  }
  return settings.language
}

/** How a request is spoken to. */
export const translatorOf = (c: LanguageRequest): Translator =>
  translator(languageOf(c), c.var.settings?.loginField)

/** A refusal with its sentences in the language of the request. */
export function translateAnswer<T>(c: LanguageRequest, body: T): T {
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

/** What is asked for, most wanted first; nothing, if any of it cannot be read. */
function rangesIn(header: string): string[] {
  const text = withinLimit(header).toLowerCase()
  const found = [...text.matchAll(languageRange)]
  if (found.map(([whole]) => whole).join('') !== text) return []
  return found
    .map(([, range = '', quality = '1']) => ({ range, quality: Number(quality) }))
    .sort((one, other) => other.quality - one.quality)
    .map(({ range }) => range)
}

const maxRangeLength = 500

const withinLimit = (header: string) =>
  header.length <= maxRangeLength
    ? header
    : header.slice(0, Math.max(header.lastIndexOf(',', maxRangeLength - 1), 0))
