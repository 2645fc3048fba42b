// The people of the scenarios, new in every run, and the steps that create them.

import { type Step, step } from '../scenario.ts'

export const password = 'correct-horse-1'

export const address = (name: string) => `${name}-<run>@example.com`

/** A sign-up that is valid in every variant with LOGIN_FIELD email. */
export const signUp = (name: string) => ({
  email: address(name),
  first_name: 'Ann',
  last_name: 'Lee',
  password,
  re_password: password,
})

/** Signs up without an activation email. */
export const signsUp = (name: string): Step[] => [
  step(`${name} signs up`, 'POST /auth/users/', {
    json: signUp(name),
    capture: { [`${name}.id`]: 'id' },
  }),
]

/** Signs up, and activates the account by the emailed link. */
export const signsUpByMail = (name: string): Step[] => [
  step(`${name} signs up`, 'POST /auth/users/', {
    json: signUp(name),
    capture: { [`${name}.id`]: 'id' },
    mail: { kind: 'activation', to: address(name), as: `${name}.link` },
  }),
  step(`${name} follows the link`, 'POST /auth/users/activation/', {
    json: { uid: `<${name}.link.uid>`, token: `<${name}.link.token>` },
  }),
]

export const logsIn = (name: string, given: { email?: string; password?: string } = {}): Step =>
  step(`${name} logs in`, 'POST /auth/jwt/create/', {
    json: { email: address(name), password, ...given },
    capture: { [`${name}.access`]: 'access', [`${name}.refresh`]: 'refresh' },
  })

/** The superuser that both sides start with. */
export const adminPassword = 'admin-pass-1234'
export const adminLogsIn: Step = logsIn('admin', {
  email: 'admin@example.com',
  password: adminPassword,
})
