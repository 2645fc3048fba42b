// `npm run docs:settings`: writes docs/settings.md. `npm test` fails if the page is not current.
//
// Each setting is declared once, in src/settings/. The page takes its name, type and default from that code, and its
// meaning from the docstring, whose form cli/settings-page/docstrings.ts describes.

import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { settingsPage } from './settings-page/page.ts'

function main() {
  const files = globSync('src/settings/*.ts')
  const sources = Object.fromEntries(
    files.map((file) => [basename(file, '.ts'), readFileSync(file, 'utf8')]),
  )
  writeFileSync('docs/settings.md', settingsPage(sources))
}

main()
