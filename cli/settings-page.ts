// `npm run docs:settings`: writes docs/settings.md. `npm test` fails if the page is not current.
//
// Each setting is declared once, in src/settings/. The page takes its name, type and default from that code, and its
// meaning from the docstring, whose form cli/settings-page/docstrings.ts describes.

import { writeFileSync } from 'node:fs'
import { settingsPage } from './settings-page/page.ts'
import { settingsSources } from './settings-page/sources.ts'

writeFileSync('docs/settings.md', settingsPage(settingsSources()))
