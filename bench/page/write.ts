// `npm run docs:performance`: writes the tables of docs/performance.md from the newest results. `npm test` fails if the page is
// not current.

import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { newestOf, performancePage } from './page.ts'

const page = 'docs/performance.md'
const files = globSync('bench/results/*.json')
const newest = newestOf(Object.fromEntries(files.map((file) => [file, readFileSync(file, 'utf8')])))
writeFileSync(page, performancePage(readFileSync(page, 'utf8'), newest))
