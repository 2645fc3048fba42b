// What npm installs in this repository.

import { expect, test } from 'vitest'
import manifest from '../../package.json'
import lockfile from '../../package-lock.json'

interface Locked {
  integrity?: string
  hasInstallScript?: boolean
}

const packages = Object.entries(lockfile.packages as Record<string, Locked>).filter(
  ([path]) => path !== '',
)

test('every package is locked to the hash of its content', () => {
  expect(packages.length).toBeGreaterThan(100)
  const loose = packages.filter(([, { integrity }]) => !/^sha512-/.test(integrity ?? ''))
  expect(loose.map(([path]) => path)).toEqual([])
})

test('no package runs a script when it is installed', () => {
  const names = packages
    .filter(([, { hasInstallScript }]) => hasInstallScript)
    .map(([path]) => path.replace(/^.*node_modules\//, ''))
  expect([...new Set(names)].sort()).toEqual(Object.keys(manifest.allowScripts).sort())
  expect(Object.values(manifest.allowScripts)).not.toContain(true)
})
