// Renders docs/settings.md from the sources of src/settings/ and from the settings that `parse` reads.

import { type Docstring, docstringsIn } from './docstrings.ts'
import { otherSettings, type Section } from './other-settings.ts'
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

const introduction = `<!-- Written by \`npm run docs:settings\` from src/settings/ and cli/settings-page/other-settings.ts. Do not edit. -->

# Settings

Every setting of Gatehouse, and every setting of Django's packages. [differences.md](differences.md) lists the endpoints, and
explains each difference that a client can see.

Settings go into \`wrangler.toml\`, under \`[vars]\`. A secret is stored by \`npx wrangler secret put NAME\`.

- A boolean is \`true\` or \`false\`.
- A duration is seconds, or \`90s\`, \`5m\`, \`12h\`, \`1d\` or \`2w\`.
- A list has commas: \`"a,b"\`. An empty string is the empty list, as Django's \`[]\`.
- Any other empty setting has its default.
- The default is the one in the code: Django's, if Django has the setting. \`wrangler.toml\` sets some settings to other values, each with
  its reason.

The last column compares with Django's packages:

- **same**: the setting has the same meaning as there, even if Gatehouse works in another way.
- **better**: it has that meaning, and more.
- **not offered**: Gatehouse does not have it.
- **ours**: Django's packages do not have it.`

/** @param sources by the names of their files in src/settings/, without ".ts" */
export function settingsPage(sources: Record<string, string>): string {
  const read = readSettings()
  const documented = new Map(Object.values(sources).flatMap((source) => [...docstringsIn(source)]))
  const missing = read.filter(({ name }) => !documented.has(name)).map(({ name }) => name)
  if (missing.length > 0) throw new Error(`No docstring with @django: ${missing.join(', ')}`)
  const parts = Object.entries(sections).map(([title, files]) => {
    const names = new Set(files.flatMap((file) => [...docstringsIn(sources[file] ?? '').keys()]))
    const rows = read.filter(({ name }) => names.has(name))
    return [`## ${title}`, tableOf(rows, documented), ...tableOfOthers(title as Section)].join(
      '\n\n',
    )
  })
  return `${[introduction, ...parts].join('\n\n')}\n`
}

const tableOf = (rows: ReadSetting[], documented: Map<string, Docstring>) =>
  [
    '| setting | type | default | meaning | Django |',
    '|---|---|---|---|---|',
    ...rows.map(({ name, type, default: value }) => {
      const { meaning = '', verdict = '' } = documented.get(name) ?? {}
      return row(`\`${name}\``, type, value, meaning, verdict)
    }),
  ].join('\n')

function tableOfOthers(section: Section): string[] {
  const rows = otherSettings[section]
  if (!rows) return []
  return [
    [
      '| other settings of these packages | |',
      '|---|---|',
      ...rows.map(([names, verdict]) =>
        row(names.replace(/\S+/g, '`$&`').replaceAll(' ', ', '), verdict),
      ),
    ].join('\n'),
  ]
}

const row = (...cells: string[]) => `| ${cells.join(' | ')} |`
