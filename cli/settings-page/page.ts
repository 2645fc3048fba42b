// Renders docs/settings.md from the sources of src/settings/ and from the settings that `parse` reads.

import { otherSettings, type Section } from './other-settings.ts'
import { type Setting, settingsBySection } from './sections.ts'

const introduction = `<!-- Written by \`npm run docs:settings\` from src/settings/ and cli/settings-page/other-settings.ts. Do not edit. -->

# Settings

Every setting of Gatehouse, and every setting of Django's packages. [differences.md](differences.md) lists the endpoints, and
explains each difference that a client can see.

Settings go into \`wrangler.toml\`, under \`[vars]\`. A secret is stored by \`npx wrangler secret put NAME\`. In a project, an editor
completes and checks them ([how](customising.md#settings-in-an-editor)).

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
  const parts = settingsBySection(sources).map(({ title, settings }) =>
    [`## ${title}`, tableOf(settings), ...tableOfOthers(title)].join('\n\n'),
  )
  return `${[introduction, ...parts].join('\n\n')}\n`
}

const tableOf = (settings: Setting[]) =>
  [
    '| setting | type | default | meaning | Django |',
    '|---|---|---|---|---|',
    ...settings.map(({ name, type, default: value, meaning, verdict }) =>
      row(`\`${name}\``, type, value, meaning, verdict),
    ),
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
