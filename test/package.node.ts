// The npm package, as deployers and other Workers get it: built, packed, and installed in folders outside this repository.
// Only npm's packages come from the network.

import { test } from 'node:test'
import { testCommands } from './package/commands.ts'
import { testConsumers } from './package/consumers.ts'
import { testRefusedMigrations } from './package/refused-migrations.ts'
import { buildPackage, testTheTarball } from './package/tarball.ts'
import { testTheUpdate } from './package/update.ts'
import { testTheWalk } from './package/walk.ts'
import { machines, versions } from './package/workshop.ts'

const tarballs = await buildPackage()

test(`on Node ${Object.keys(machines).map((name) => versions[name as keyof typeof versions])}`, () => {})

testTheTarball(tarballs)
testTheWalk(tarballs)
testCommands()
testConsumers(tarballs)
testRefusedMigrations()
testTheUpdate()
