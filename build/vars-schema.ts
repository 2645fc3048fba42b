// The JSON schema of `[vars]`, made from the calls that read the settings. It accepts what `src/settings/env.ts` accepts, but for
// conditions that a pattern cannot say. test/house/wrangler-schema.test.ts compares the two.

import type { Call } from '../cli/settings-page/read-settings.ts'
import { type Setting, settingsBySection } from '../cli/settings-page/sections.ts'
import { hashKinds } from '../src/settings/dummy-hash.ts'
import { durationPattern } from '../src/settings/durations.ts'
import { headerNamePattern, maxDuration, pageUrlPattern } from '../src/settings/env.ts'
import { ratePattern } from '../src/settings/rates.ts'
import { renamedNames } from '../src/settings/renamed.ts'
import { secretNames } from '../src/settings/secrets.ts'
import { prefixPattern } from '../src/settings/urls.ts'

export type Schema = Record<string, unknown>

export interface VarsSchema {
  /** By the name of each setting. */
  properties: Record<string, Schema>
  /** The names that must not be in `[vars]`: secrets, and old names. As patterns, since editors would suggest properties. */
  patternProperties: Record<string, Schema>
}

/**
 * @param sources by the names of their files in src/settings/, without ".ts"
 * @param docs the folder of settings.md, as a path or a URL
 */
export function varsSchema(sources: Record<string, string>, docs: string): VarsSchema {
  const settings = settingsBySection(sources).flatMap(({ title, settings }) => {
    const page = `${docs}/settings.md#${title.toLowerCase().replaceAll(' ', '-')}`
    return settings
      .filter(({ name }) => !secretNames.includes(name))
      .map((setting) => {
        const words = descriptions(setting, docs, page)
        return [setting.name, { ...schemaOf(setting), ...defaultOf(setting), ...words }] as const
      })
  })
  const sentences = [
    ...secretNames.map((name) => [name, secretAdvice(name)] as const),
    ...Object.entries(renamedNames).map(([old, name]) => [old, `${old} is now ${name}.`] as const),
  ]
  return {
    properties: Object.fromEntries(settings),
    patternProperties: Object.fromEntries(
      sentences.map(([name, sentence]) => [`^${name}$`, refused(sentence)]),
    ),
  }
}

/** Accepts no value. Editors show the sentence: taplo shows what `not` holds. */
const refused = (sentence: string): Schema => ({
  not: { description: sentence },
  description: sentence,
  errorMessage: sentence,
})

const secretAdvice = (name: string) =>
  `${name} is a secret, and everyone that reads this file could read it. Remove it here, and store it: ` +
  `npx wrangler secret put ${name}. In development it belongs in .dev.vars.`

/** The words of docs/settings.md. Editors show Markdown or plain text, and `errorMessage` for a wrong value. */
function descriptions(
  { name, type, default: value, meaning }: Setting,
  docs: string,
  page: string,
) {
  const facts = value === 'required' ? 'Required.' : `Type: ${type}. Default: ${value}.`
  const markdown = `${meaning}\n\n${facts} More: ${page}`
  return {
    description: markdown.replace(/ ?\(\[[^\]]+\]\([^)]+\)\)|:? \[[^\]]+\]\([^)]+\)/g, ''),
    markdownDescription: markdown.replace(/\]\((?=\w+\.md)/g, `](${docs}/`),
    errorMessage: `${name} must be ${typesInWords[type] ?? withArticle(type)}.`,
  }
}

const withArticle = (type: string) =>
  type.startsWith('`') ? inQuotes(type) : `${/^[aeiou]/.test(type) ? 'an' : 'a'} ${inQuotes(type)}`

const inQuotes = (markdown: string) => markdown.replaceAll('`', '"')

const typesInWords: Record<string, string> = {
  string: 'a string',
  boolean: 'true or false',
  duration: 'a duration: seconds, or "90s", "5m", "12h", "1d" or "2w"',
  list: 'a list, such as "a,b"',
  origin: 'an origin, such as "https://auth.example.com"',
  'list of origins': 'a list of origins, such as "https://app.example.com"',
  header: 'a header, such as "HTTP_X_ACCESS_TOKEN"',
  URL: 'the URL of a page, such as "https://app.example.com/"',
}

function schemaOf({ name, calls }: Setting): Schema {
  const [call = { method: '', parameters: [] }] = calls
  const [, , third, max] = call.parameters
  const options = (third ?? {}) as Options
  switch (call.method) {
    case 'boolean':
      return {
        ...{ type: ['boolean', 'string', 'integer'], pattern: '^(true|false|0|1)?$' },
        ...{ minimum: 0, maximum: 1 },
      }
    case 'choice':
      return { enum: [...withNumbers(calls.flatMap(choicesOf)), ''] }
    case 'integer': {
      const min = Math.min(...calls.map(({ parameters }) => parameters[2] as number))
      return {
        ...{ type: ['integer', 'string'], pattern: '^\\s*\\d*\\s*$' },
        ...{ minimum: min, maximum: max },
      }
    }
    case 'duration':
      return durationSchema(options)
    case 'names':
      return listSchema(oneOf(calls.flatMap(choicesOf)), {})
    case 'list':
      return listSchema(isOfUserModel(name) ? '' : oneOf(calls.flatMap(choicesOf)), options)
    case 'origins':
      return listSchema(originInList, {})
    case 'patterns':
      return listSchema('', {})
    case 'text':
      return { type: ['string', 'number'] }
    default:
      return formSchema(name, call)
  }
}

/** The default as docs/settings.md shows it; nothing for one that another setting makes. */
function defaultOf({ default: shown, calls }: Setting): Schema {
  const [, value] = /^`([^`]+)`/.exec(shown) ?? []
  if (value === undefined || /^[A-Z_]+$/.test(value)) return {}
  const isText = !['boolean', 'integer'].includes(calls[0]?.method ?? '')
  return { default: isText ? value : JSON.parse(value) }
}

interface Options {
  allowZero?: boolean
  nonEmpty?: boolean
  choices?: string[]
}

const choicesOf = ({ method, parameters }: Call): string[] =>
  (method === 'list'
    ? (parameters[2] as Options | undefined)?.choices
    : (parameters[1] as string[])) ?? []

/** It also takes the fields of the deployer's user model, which this schema does not know. */
const isOfUserModel = (name: string) => name === 'REQUIRED_FIELDS'

/** `5.2` in wrangler.toml is as good as `"5.2"`. */
const withNumbers = (choices: string[]) =>
  [...new Set(choices)].flatMap((choice) =>
    String(Number(choice)) === choice ? [choice, Number(choice)] : [choice],
  )

/** Text with commas, or a list of strings. @param item the pattern of an item */
function listSchema(item: string, { nonEmpty }: Options): Schema {
  const spaced = `\\s*(${item})?\\s*`
  const items = item === '' ? '' : `^${spaced}(,${spaced})*$`
  return {
    type: ['string', 'array'],
    pattern: `${nonEmpty ? '^(?=.*[^,\\s])' : ''}${items}`,
    items: { type: 'string', ...(item !== '' && { pattern: `^(${item})?$` }) },
    ...(nonEmpty && { contains: { minLength: 1 } }),
  }
}

const oneOf = (choices: string[]) => [...new Set(choices)].map(escaped).join('|')

/** As `isOrigin` of src/settings/env.ts, which also parses it. */
const originInList = 'null|file://|[a-zA-Z][a-zA-Z0-9+.-]*://[^/?#\\s,*]+'

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')

function durationSchema({ allowZero }: Options): Schema {
  const isNotZero = allowZero ? '' : '(?!\\s*[0.]+\\s*[smhdw]?\\s*$)'
  const inner = durationPattern.source.slice(1, -1)
  return {
    type: ['string', 'number'],
    pattern: `^$|^${isNotZero}\\s*${inner}\\s*$`,
    ...(allowZero ? { minimum: 0 } : { exclusiveMinimum: 0 }),
    maximum: maxDuration,
  }
}

/** Text of one form, by its pattern. */
function formSchema(name: string, { method }: Call): Schema {
  const pattern = method === 'form' ? patternOf(name) : patternsByMethod[method]
  if (pattern === undefined) throw new Error(`${name} has no schema: build/vars-schema.ts`)
  return { type: 'string', pattern }
}

const anyCase = ({ source }: RegExp) => source.replace('https?', '[hH][tT][tT][pP][sS]?')

const orEmpty = (pattern: string) => `^$|${pattern}`

const patternsByMethod: Record<string, string> = {
  origin: anyCase(/^https?:\/\/[^@/?#\s]+\/?$/),
  headerName: orEmpty(headerNamePattern.source),
  pageUrl: orEmpty(anyCase(pageUrlPattern)),
  linkPath: orEmpty('^(?=[\\s\\S]*\\{uid\\})[\\s\\S]*\\{token\\}'),
}

function patternOf(name: string): string | undefined {
  if (name.startsWith('THROTTLE_')) return orEmpty(ratePattern.source)
  const patterns: Record<string, string> = {
    URL_PREFIX: prefixPattern.source.replace(/\$$/, '/?$'),
    DUMMY_PASSWORD_HASH: orEmpty(hashKinds.map(({ pattern }) => pattern.source).join('|')),
  }
  return patterns[name]
}
