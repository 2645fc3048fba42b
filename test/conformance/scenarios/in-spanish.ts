// Steps that are asked in a language, and people who have signed up for them.

import { type Step, step } from '../scenario.ts'
import { address, logsIn, signUp } from './people.ts'

export const inLanguage = (language: string, steps: Step[]): Step[] =>
  steps.map((step) => ({ ...step, headers: { 'accept-language': language, ...step.headers } }))

export const inSpanish = (...steps: Step[]) => inLanguage('es', steps)

export const signsUp = (name: string) => [
  step(`${name} signs up`, 'POST /auth/users/', {
    json: signUp(name),
    capture: { [`${name}.id`]: 'id' },
    mail: { kind: 'activation', to: address(name), as: `${name}.link` },
  }),
  step(`${name} follows the link`, 'POST /auth/users/activation/', {
    json: { uid: `<${name}.link.uid>`, token: `<${name}.link.token>` },
  }),
  logsIn(name),
]
