// `npm run docs:api`: writes docs/api.md. `npm test` fails if the page is not current.

import { readFileSync, writeFileSync } from 'node:fs'
import { apiPage } from './api-page/page.ts'

writeFileSync('docs/api.md', apiPage(readFileSync('template/wrangler.toml', 'utf8')))
