import { checkSettings } from './settings/checks.ts'
import { readEnv } from './settings/env.ts'
import { misspeltNames } from './settings/near-misses.ts'
import { parse, type Settings } from './settings/parse.ts'
import { renamedSettings } from './settings/renamed.ts'

const parsed = new WeakMap<object, Settings>()

/** Every setting, read once for each env object. @throws SettingsError that lists each wrong variable and its correct form */
export function settingsOf(env: object): Settings {
  const known = parsed.get(env)
  if (known) return known
  const variables = env as Record<string, unknown>
  const read = readEnv(variables)
  const settings = parse(read)
  for (const sentence of misspeltNames(variables, read.known())) console.warn(sentence)
  for (const error of [...renamedSettings(variables), ...checkSettings(settings)]) {
    read.addError(error)
  }
  read.finish()
  parsed.set(env, settings)
  return settings
}

/** @returns `make`, which computes its value once for each settings object */
export function perSettings<T extends object>(make: (settings: Settings) => T) {
  const made = new WeakMap<Settings, T>()
  return (settings: Settings): T => {
    const known = made.get(settings)
    if (known) return known
    const value = make(settings)
    made.set(settings, value)
    return value
  }
}

/** A sentence for each variable whose name is nearly the name of a setting. */
export function misspeltSettings(env: Record<string, unknown>): string[] {
  const read = readEnv(env)
  parse(read)
  return misspeltNames(env, read.known())
}
