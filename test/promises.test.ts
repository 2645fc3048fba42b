// docs/security.md links each promise to tests by name: they are there.

import { expect, test } from 'vitest'
import guide from '../docs/security.md?raw'

const files = import.meta.glob<string>('./**/*.ts', {
  query: '?raw',
  import: 'default',
  eager: true,
})

const links = [...guide.matchAll(/\[`([^`]+)`\]\(\.\.\/test\/([^)]+)\)/g)]

test.each(links.map(([, name = '', file = '']) => [name, file]))('%s is in %s', (name, file) => {
  const source = files[`./${file}`] ?? ''
  expect(source.includes(`'${name}'`) || source.includes(`\`${name}\``)).toBe(true)
})

test('each promise has one', () => {
  const promises =
    guide
      .split('## What is not promised')[0]
      ?.split(/^- \*\*/m)
      .slice(1) ?? []
  expect(promises.length).toBeGreaterThan(20)
  expect(promises.filter((promise) => !promise.includes('](../test/'))).toEqual([])
})
