// The pages of docs/front-ends/ and the examples that they show cannot drift apart, nor can the examples from each other.

import { expect, test } from 'vitest'
import manifest from '../../package.json'

const pages = import.meta.glob<string>('/docs/front-ends/*.md', {
  query: '?raw',
  import: 'default',
  eager: true,
})
const sources = import.meta.glob<string>(
  [
    '/examples/{react,nextjs,next-auth,nuxt,bff,react-native}/**/*.{ts,tsx,vue,css,json,html}',
    '!**/{node_modules,.next,.nuxt,.output,.expo,dist}/**',
  ],
  { query: '?raw', import: 'default', eager: true },
)
const settingsPage = Object.values(
  import.meta.glob<string>('/docs/settings.md', { query: '?raw', import: 'default', eager: true }),
).join()

const names = Object.keys(pages)
  .map((path) => /([\w-]+)\.md$/.exec(path)?.[1] ?? '')
  .filter((name) => name !== 'README')

interface Block {
  language: string
  file: string
  code: string
}

/** The code blocks of a page, without the indentation of a list. A block of a file names it after the language. */
const blocksOf = (page: string): Block[] =>
  [...page.matchAll(/^( *)```(\w+) ?(.*)\n([\s\S]*?)^ *```$/gm)].map(
    ([, indentation = '', language = '', file = '', code = '']) => ({
      language,
      file,
      code: code.replaceAll(new RegExp(`^${indentation}`, 'gm'), ''),
    }),
  )

test('each example has a page, and each page an example', () => {
  const folders = new Set(Object.keys(sources).map((path) => path.split('/')[2]))
  expect([...folders].sort()).toEqual(names.sort())
})

test.each(names)('the code of %s.md is the code of its example', (name) => {
  const shown = blocksOf(pages[`/docs/front-ends/${name}.md`] ?? '').filter(({ file }) => file)
  expect(shown.length).toBeGreaterThan(2)
  for (const { file, code } of shown) {
    const source = sources[`/examples/${name}/${file}`] ?? ''
    expect(source.includes(code), `${file} has no\n${code}`).toBe(true)
  }
})

test.each(names)('%s.md has at most a screen and a half', (name) => {
  expect(pages[`/docs/front-ends/${name}.md`]?.split('\n').length).toBeLessThan(130)
})

test.each(Object.entries(pages))('%s names settings that exist', (_, page) => {
  const toml = blocksOf(page).filter(({ language }) => language === 'toml')
  expect(toml.length).toBeGreaterThan(0)
  const set = toml.flatMap(({ code }) => [...code.matchAll(/^([A-Z_]+) = /gm)])
  expect(set.filter(([, setting]) => !settingsPage.includes(`| \`${setting}\` |`))).toEqual([])
})

test.each(names)('examples/%s has exact versions, and those that this repository tests', (name) => {
  const { dependencies, devDependencies, overrides } = JSON.parse(
    sources[`/examples/${name}/package.json`] ?? '{}',
  ) as Record<string, Record<string, string> | undefined>
  const { 'gatehouse-auth': own, ...others } = { ...dependencies, ...devDependencies, ...overrides }
  expect(own).toBe(`^${manifest.version}`)
  expect(Object.values(others).filter((version) => !/^\d[\w.-]+$/.test(version))).toEqual([])
  if (name !== 'react') return
  const tested: Record<string, string> = manifest.devDependencies
  expect(Object.keys(others).filter((key) => key in tested).length).toBeGreaterThan(4)
  expect(others).toMatchObject(
    Object.fromEntries(Object.entries(tested).filter(([key]) => key in others)),
  )
})

test('the examples have one style, and those with Next.js one form', () => {
  const copies = (pattern: RegExp) =>
    Object.entries(sources).flatMap(([path, source]) => (pattern.test(path) ? [source] : []))
  expect(copies(/\.css$/)).toHaveLength(5)
  expect(new Set(copies(/\.css$/)).size).toBe(1)
  expect(new Set(copies(/next[\w-]+\/app\/Form\.tsx$/)).size).toBe(1)
})
