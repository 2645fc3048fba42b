// Settings of production, and the error of wrong ones.

import { settingsOf } from '../../src/settings.ts'

/** The variables that production requires. */
export const production = {
  PUBLIC_URL: 'https://auth.example.com',
  SECRET_KEY: 'a-secret-key-of-exactly-32-bytes',
  SIGNING_KEY: 'signing-key-of-exactly-32-bytes!',
  RESEND_API_KEY: 're_key',
}
/** What makes the settings of the tests those of production. */
export const inProduction = {
  ENVIRONMENT: 'production',
  RESEND_API_KEY: 're_key',
  ARGON2_MEMORY_COST: '19456',
  ARGON2_TIME_COST: '2',
}

export const settings = (vars: object = {}) => settingsOf({ ...production, ...vars })

/** The error of these variables; undefined if all are right. */
export function settingsErrorOf(vars: object): string | undefined {
  try {
    settings(vars)
  } catch (error) {
    return `${error}`.replace('SettingsError: ', '')
  }
}
