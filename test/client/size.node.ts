import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { bundleClient } from './device.ts'

const budget = 5 // KiB

test('the client has at most 5 KiB, minified and gzipped, and imports nothing', async () => {
  const code = await bundleClient()
  const size = gzipSync(code).length / 1024
  console.log(`client: ${size.toFixed(2)} KiB gzipped of ${budget}`)
  assert.ok(size <= budget)
  assert.doesNotMatch(code, /\b(?:import|require)\b/)
})
