// `npm run docs:settings`: writes docs/settings.md. `npm test` fails where the page is not current.
//
// A setting is declared once, where src/settings/ reads it: name, type and default are taken from the code, and what it
// means from the docstring there (cli/settings-page/docstrings.ts says in which form).

import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { settingsPage } from './settings-page/page.ts'

const sources = Object.fromEntries(
  globSync('src/settings/*.ts').map((file) => [basename(file, '.ts'), readFileSync(file, 'utf8')]),
)
writeFileSync('docs/settings.md', settingsPage(sources))
