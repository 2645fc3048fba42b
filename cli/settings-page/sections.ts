// Every setting with its docstring, in the sections of docs/settings.md.

import { type Docstring, docstringsIn } from './docstrings.ts'
import type { Section } from './other-settings.ts'
import { type ReadSetting, readSettings } from './read-settings.ts'

/** The files whose settings belong to each section, in the order of the page. */
const sections: Record<Section, string[]> = {
  Deployment: ['deployment', 'urls'],
  Djoser: ['djoser'],
  Routes: ['routes'],
  Mail: ['mail'],
  'Simple JWT': ['simple-jwt'],
  Sessions: ['sessions'],
  Cookies: ['cookies'],
  'djangorestframework-jwt and drf-jwt': ['drf-jwt'],
  'REST framework and Django': ['rest-framework'],
  Passwords: ['passwords', 'dummy-hash'],
  Throttles: ['rates'],
  Turnstile: ['turnstile'],
  'django-cors-headers': ['cors'],
}

export type Setting = ReadSetting & Docstring

/** @param sources by the names of their files in src/settings/, without ".ts" */
export function settingsBySection(
  sources: Record<string, string>,
): { title: Section; settings: Setting[] }[] {
  const read = readSettings()
  const documented = new Map(Object.values(sources).flatMap((source) => [...docstringsIn(source)]))
  const missing = read.filter(({ name }) => !documented.has(name)).map(({ name }) => name)
  if (missing.length > 0) throw new Error(`No docstring with @django: ${missing.join(', ')}`)
  return Object.entries(sections).map(([title, files]) => {
    const names = new Set(files.flatMap((file) => [...docstringsIn(sources[file] ?? '').keys()]))
    const settings = read.flatMap((setting) => {
      const docstring = documented.get(setting.name)
      return docstring && names.has(setting.name) ? [{ ...setting, ...docstring }] : []
    })
    return { title: title as Section, settings }
  })
}
