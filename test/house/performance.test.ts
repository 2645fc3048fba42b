// docs/performance.md: its tables are those of bench/results/.

import { expect, test } from 'vitest'
import { newestOf, performancePage } from '../../bench/page/page.ts'
import page from '../../docs/performance.md?raw'

const results = import.meta.glob<string>('../../bench/results/*.json', {
  query: '?raw',
  import: 'default',
  eager: true,
})

test('docs/performance.md is current: npm run docs:performance writes it', () => {
  expect(performancePage(page, newestOf(results))).toBe(page)
})
