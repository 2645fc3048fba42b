import { misfitsIn } from './settings/checks.ts'
import { readVariables } from './settings/env.ts'
import { nearMissesIn } from './settings/near-misses.ts'
import { parse, type Settings } from './settings/parse.ts'

const parsed = new WeakMap<object, Settings>()

/** @throws SettingsError naming each variable, what it got and what it wants. */
export function settingsOf(env: object): Settings {
  const known = parsed.get(env)
  if (known) return known
  const read = readVariables(env as Record<string, unknown>)
  const settings = parse(read)
  for (const sentence of nearMissesIn(env as Record<string, unknown>, read.known())) {
    console.warn(sentence)
  }
  for (const complaint of misfitsIn(settings)) read.complain(complaint)
  read.finish()
  parsed.set(env, settings)
  return settings
}

/** What may be a setting's name mistyped, a sentence for each. */
export function mistypedIn(env: Record<string, unknown>): string[] {
  const read = readVariables(env)
  parse(read)
  return nearMissesIn(env, read.known())
}
