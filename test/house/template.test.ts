// The template of a new project has the versions that this repository is tested with, and its settings.

import { expect, test } from 'vitest'
import create from '../../create-gatehouse-auth/package.json'
import root from '../../package.json'
import template from '../../template/package.json'
import templateToml from '../../template/wrangler.toml?raw'
import rootToml from '../support/wrangler.toml?raw'

const rootVersions: Record<string, string> = { ...root.dependencies, ...root.devDependencies }

test('the template depends on this version, and on the packages that it was tested with', () => {
  const { [root.name as 'gatehouse-auth']: own, ...others } = template.dependencies
  expect(own).toBe(root.version)
  for (const [name, version] of Object.entries({ ...others, ...template.devDependencies })) {
    expect([name, version]).toEqual([name, rootVersions[name]])
  }
  expect(template.allowScripts).toEqual(root.allowScripts)
})

test('npm create installs this version', () => {
  expect(create.name).toBe(`create-${root.name}`)
  expect(create.version).toBe(root.version)
  expect(create.dependencies).toEqual({ [root.name]: root.version })
})

test('the template has the settings and rate limits of this repository, in both environments', () => {
  const [production = '', staging = ''] = templateToml.split(/^# Staging/m)
  for (const part of [production, staging]) {
    expect(settingsOf(part)).toEqual(settingsOf(rootToml))
    expect(limitsOf(part)).toEqual(limitsOf(rootToml))
  }
  for (const line of ['compatibility_date', 'crons', 'required', 'redact_query_string']) {
    expect(lineOf(templateToml, line)).toBe(lineOf(rootToml, line))
  }
})

/** The lines of settings without "#" in front. */
const settingsOf = (toml: string) => toml.match(/^[A-Z][A-Z0-9_]+ = .*/gm)

const limitsOf = (toml: string) =>
  [...toml.matchAll(/^name = "(\w+_LIMITER)"\n.*\n(simple = .*)/gm)].map(([, name, limit]) => [
    name,
    limit,
  ])

const lineOf = (toml: string, start: string) =>
  toml
    .split('\n')
    .find((line) => line.startsWith(start))
    ?.replace(/ *#.*/, '')
