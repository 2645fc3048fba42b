// Settings as production has them, and what is said of those that are wrong.

import { settingsOf } from '../../src/settings.ts'

/** The least that production wants. */
export const production = {
  PUBLIC_URL: 'https://auth.example.com',
  SECRET_KEY: 'a-secret-key-of-exactly-32-bytes',
  SIGNING_KEY: 'signing-key-of-exactly-32-bytes!',
  RESEND_API_KEY: 're_key',
}
export const settings = (vars: object = {}) => settingsOf({ ...production, ...vars })

/** What is said of these variables; nothing if all is well. */
export function complaintOf(vars: object): string | undefined {
  try {
    settings(vars)
  } catch (error) {
    return `${error}`.replace('SettingsError: ', '')
  }
}
