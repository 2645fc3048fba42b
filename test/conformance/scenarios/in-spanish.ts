// Steps with an Accept-Language header, and the people of these scenarios.

import type { Step } from '../scenario.ts'
import { logsIn, signsUpByMail } from './people.ts'

export const inLanguage = (language: string, steps: Step[]): Step[] =>
  steps.map((step) => ({ ...step, headers: { 'accept-language': language, ...step.headers } }))

export const inSpanish = (...steps: Step[]) => inLanguage('es', steps)

export const signsUp = (name: string) => [...signsUpByMail(name), logsIn(name)]
