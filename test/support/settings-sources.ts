// The files of src/settings/, as `cli/settings-page/sources.ts` reads them in Node.

const files = import.meta.glob<string>('../../src/settings/*.ts', {
  query: '?raw',
  eager: true,
  import: 'default',
})

/** By the name of each file, without ".ts": its text. */
export const settingsSources = Object.fromEntries(
  Object.entries(files).map(([file, source]) => [file.replace(/^.*\/|\.ts$/g, ''), source]),
)
