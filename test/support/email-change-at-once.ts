// For test files about Djoser's behaviour, where a new email address counts at once; the shipped settings require a confirmation.

import { env } from 'cloudflare:workers'
import { afterAll, beforeAll } from 'vitest'

export function changesAtOnce() {
  const shipped: unknown = env.EMAIL_CHANGE_CONFIRMATION
  const set = (value: unknown) => void Object.assign(env, { EMAIL_CHANGE_CONFIRMATION: value })
  beforeAll(() => set(false))
  afterAll(() => set(shipped))
}
