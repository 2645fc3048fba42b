// For files about what Djoser does: there, unlike as shipped, another email address counts at once.

import { env } from 'cloudflare:workers'
import { afterAll, beforeAll } from 'vitest'

export function changesAtOnce() {
  const shipped: unknown = env.EMAIL_CHANGE_CONFIRMATION
  const set = (value: unknown) => void Object.assign(env, { EMAIL_CHANGE_CONFIRMATION: value })
  beforeAll(() => set(false))
  afterAll(() => set(shipped))
}
