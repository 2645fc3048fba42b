// docs/api.md is made from the OpenAPI document.

import { expect, test } from 'vitest'
import { apiPage } from '../../cli/api-page/page.ts'
import page from '../../docs/api.md?raw'
import templateToml from '../../template/wrangler.toml?raw'

test('docs/api.md is current: npm run docs:api writes it', () => {
  expect(page).toBe(apiPage(templateToml))
})

test('an operation takes a screen at most', () => {
  const operations = page.split(/^### `/m).slice(1)
  expect(operations.length).toBeGreaterThan(40)
  for (const operation of operations) {
    const [text = ''] = operation.split(/^##? /m)
    expect(text.trim().split('\n').length, text).toBeLessThan(45)
  }
})
