// Each relative link of the documents must lead to an existing file, and to an existing heading.

import { expect, test } from 'vitest'

const pages = import.meta.glob<string>(
  ['/*.md', '/{docs,examples,test}/**/*.md', '!**/node_modules/**'],
  { query: '?raw', import: 'default', eager: true },
)
const files = Object.keys(
  import.meta.glob([
    '/*',
    '/.github/**',
    '/{assets,bench,cli,docs,examples,migrations,src,test}/**',
    '!**/node_modules/**',
  ]),
)

/** The targets of links to files of this repository. Code blocks and code spans are skipped. */
const linksOf = (text: string) =>
  [...text.replace(/```.*?```|`[^`\n]*`/gs, '').matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target))

/** The anchors that GitHub gives the headings of a page. */
const anchorsOf = (text: string) =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M}_ -]/gu, '')
      .replaceAll(' ', '-'),
  )

function exists(page: string, target: string) {
  const [path, anchor] = target.split('#')
  const { pathname } = new URL(path || page, `file://${page}`)
  const folder = pathname.replace(/\/?$/, '/')
  if (!files.some((file) => file === pathname || file.startsWith(folder))) return false
  return anchor === undefined || anchorsOf(pages[pathname] ?? '').includes(anchor)
}

test.each(Object.entries(pages))('%s has no broken link', (page, text) => {
  expect(linksOf(text).filter((target) => !exists(page, target))).toEqual([])
})

test('the pages have links', () => {
  expect(Object.values(pages).flatMap(linksOf).length).toBeGreaterThan(300)
})

test('each decision is in the index', () => {
  const decisions = Object.keys(pages).filter((page) => /\/decisions\/\d{3}-/.test(page))
  const indexed = linksOf(pages['/docs/decisions/README.md'] ?? '')
  expect(decisions.map((page) => page.split('/').at(-1)).sort()).toEqual(indexed.sort())
})
