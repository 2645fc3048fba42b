// examples/react, built with the client of this repository, on another origin than the API.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { after, describe, test } from 'node:test'
import { build } from 'vite'
import { freePort, startGatehouse } from '../cli/running.ts'
import { newBrowser } from './browser.ts'
import { serveFolder } from './static.ts'
import {
  activate,
  endSessions,
  logIn,
  logOut,
  newPerson,
  seeAccount,
  seeLogIn,
  seeWrongPassword,
  signUp,
} from './walk.ts'

const ports = { local: await freePort(), cookies: await freePort() }
const origins = Object.values(ports).map((port) => `http://localhost:${port}`)
const gatehouse = await startGatehouse({
  AUTH_COOKIES: true,
  CORS_ALLOW_ALL_ORIGINS: false,
  CORS_ALLOWED_ORIGINS: origins.join(','),
  CORS_ALLOW_CREDENTIALS: true,
  THROTTLE_ENABLED: false,
})
after(() => gatehouse.stop())

test('React: the types of the client and of the example agree', () => {
  const tsc = resolve('node_modules/typescript/bin/tsc')
  const project = ['-p', 'test/fronts/react.tsconfig.json']
  const { stdout } = spawnSync(process.execPath, [tsc, ...project], { encoding: 'utf8' })
  assert.equal(stdout, '')
})

for (const [index, storage] of (['local', 'cookies'] as const).entries()) {
  describe(`React, storage: '${storage}'`, async () => {
    const url = origins[index] ?? ''
    await serveFolder(await buildExample(storage), ports[storage])

    test('sign-up, login, reload, logout in all tabs, and an ended session', async () => {
      const person = newPerson('Ada')
      const context = await newBrowser()
      const page = await context.newPage()
      await page.goto(url)

      await seeWrongPassword(page)
      await signUp(page, person)
      await activate(gatehouse.url, person)
      await page.getByRole('button', { name: 'Log in' }).click()
      await logIn(page, person)
      await page.reload()
      await seeAccount(page, person)

      const second = await context.newPage()
      await second.goto(url)
      await seeAccount(second, person)
      await logOut(page)
      await seeLogIn(page)
      await seeLogIn(second)

      await logIn(second, person)
      await seeAccount(page, person)
      await endSessions(gatehouse.url, person)
      await page.reload()
      await seeLogIn(page)
      await page.getByText('You have been logged out.').waitFor()
      await seeLogIn(second)
      await context.close()
    })
  })
}

/** @returns the folder */
async function buildExample(storage: string) {
  const outDir = gatehouse.project.file(`react-${storage}`)
  await build({
    configFile: false,
    root: resolve('examples/react'),
    resolve: { alias: { 'gatehouse-auth/client': resolve('src/client/index.ts') } },
    define: {
      'import.meta.env.VITE_AUTH_URL': JSON.stringify(gatehouse.url),
      'import.meta.env.VITE_AUTH_STORAGE': JSON.stringify(storage),
    },
    build: { outDir, emptyOutDir: true },
    logLevel: 'warn',
  })
  return outDir
}
