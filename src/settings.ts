import { checkSettings } from './settings/checks.ts'
import { readEnv } from './settings/env.ts'
import { misspeltNames } from './settings/near-misses.ts'
import { parse, type Settings } from './settings/parse.ts'

const parsed = new WeakMap<object, Settings>()

/** @throws SettingsError naming each variable, what it got and what it wants. */
export function settingsOf(env: object): Settings {
  const known = parsed.get(env)
  if (known) return known
  const read = readEnv(env as Record<string, unknown>)
  const settings = parse(read)
  for (const sentence of misspeltNames(env as Record<string, unknown>, read.known())) {
    console.warn(sentence)
  }
  for (const error of checkSettings(settings)) read.addError(error)
  read.finish()
  parsed.set(env, settings)
  return settings
}

/** What may be a setting's name mistyped, a sentence for each. */
export function misspeltSettings(env: Record<string, unknown>): string[] {
  const read = readEnv(env)
  parse(read)
  return misspeltNames(env, read.known())
}
