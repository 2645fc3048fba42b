// Django's responses and the versions of its packages, recorded so that tests can be replayed without Django.

import type { Answer } from './answer.ts'
import type { Played } from './play.ts'
import type { Scenario, Step } from './scenario.ts'

export interface Recording {
  versions: Record<string, string>
  scenarios: Record<string, { steps: (RecordedStep & Answer)[]; mail: string[] }>
}

/** The settings and endpoints of the packages. docs/settings.md and docs/differences.md must have a row for each. */
export interface Names {
  settings: Record<string, string[]>
  /** Methods by path. */
  endpoints: Record<string, string[]>
}

interface RecordedStep {
  step: string
  /** A digest of the request, to detect that the scenario has changed since. */
  asked: string
}

export function toRecord(
  scenario: Scenario,
  { answers, mail }: Played,
): Recording['scenarios'][string] {
  const steps = scenario.steps.map((step, i) => {
    const answer = answers[i]
    if (!answer) throw new Error(`${scenario.name} › ${step.name} has no answer`)
    return { step: step.name, asked: digest(step), ...answer }
  })
  return { steps, mail }
}

/** Django's recorded responses to this scenario; undefined if the scenario has changed or is not recorded. */
export function fromRecord(recording: Recording, scenario: Scenario): Played | undefined {
  const recorded = recording.scenarios[scenario.name]
  const asked = scenario.steps.map(digest).join()
  if (recorded?.steps.map((step) => step.asked).join() !== asked) return undefined
  const answers = recorded.steps.map(({ step: _, asked: __, ...answer }) => answer)
  return { answers, mail: recorded.mail }
}

/** Prints one line for each step, so that diffs are readable. */
export function print({ versions, scenarios }: Recording): string {
  const parts = Object.entries(scenarios).map(([name, { steps, mail }]) => {
    const lines = steps.map((step) => `      ${JSON.stringify(step)}`).join(',\n')
    return `    ${JSON.stringify(name)}: {\n     "steps": [\n${lines}\n     ],\n     "mail": ${JSON.stringify(mail)}\n    }`
  })
  return `{\n  "versions": ${JSON.stringify(versions)},\n  "scenarios": {\n${parts.join(',\n')}\n  }\n}\n`
}

/** FNV-1a, 32 bits: enough to detect a change. */
function digest(step: Step): string {
  let hash = 0x811c9dc5
  for (const char of JSON.stringify(step)) {
    hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193)
  }
  return (hash >>> 0).toString(16).padStart(8, '0')
}

/** Prints one line for each package and path. */
export function printNames(names: Names): string {
  const lines = (part: object) =>
    Object.entries(part).map(
      ([name, list]) => `    ${JSON.stringify(name)}: ${JSON.stringify(list)}`,
    )
  return `{\n  "settings": {\n${lines(names.settings).join(',\n')}\n  },\n  "endpoints": {\n${lines(names.endpoints).join(',\n')}\n  }\n}\n`
}
