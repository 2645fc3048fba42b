// Compares the responses of the two sides, and decides which differences are allowed.

import type { Answer } from './answer.ts'
import { type Allowed, differences } from './differences.ts'
import type { Played } from './play.ts'
import type { Scenario } from './scenario.ts'
import type { Stack, VariantName } from './variants.ts'

export interface Place {
  stack: Stack
  variant: VariantName
  /** `scenario › step` */
  step: string
}

export interface Difference {
  field: string
  django: unknown
  worker: unknown
}

export interface Verdict extends Place {
  differences: Difference[]
  allowed: boolean
}

/** Describes a verdict: the place, and the values of both sides. */
export function explain({ stack, variant, step, differences }: Verdict): string {
  const lines = differences.map(
    ({ field, django, worker }) =>
      `  ${field}\n    Django  ${JSON.stringify(django)}\n    Worker  ${JSON.stringify(worker)}`,
  )
  return [`${stack} ${variant}: ${step}`, ...lines].join('\n')
}

export const isWrong = ({ differences, allowed }: Verdict) => differences.length > 0 && !allowed

/** Returns one verdict for each step, and one for the mail of the scenario. */
export function judge(
  scenario: Scenario,
  at: { stack: Stack; variant: VariantName },
  django: Played,
  worker: Played,
  used: Set<Allowed>,
): Verdict[] {
  const verdicts = scenario.steps.map((step, i) => {
    const place = { ...at, step: `${scenario.name} › ${step.name}` }
    return verdict(place, django.answers[i], worker.answers[i], used)
  })
  const mail = differ('mail', django.mail, worker.mail)
  if (mail.length) {
    const place = { ...at, step: `${scenario.name} › mail` }
    verdicts.push({ ...place, differences: mail, allowed: isAllowed(place, mail, used) })
  }
  return verdicts
}

function verdict(
  place: Place,
  django: Answer | undefined,
  worker: Answer | undefined,
  used: Set<Allowed>,
): Verdict {
  if (!django || !worker) throw new Error(`${place.step} has no answer`)
  const found = compare(django, worker)
  const allowed = found.length > 0 && isAllowed(place, found, used, django, worker)
  return { ...place, differences: found, allowed }
}

export function compare(django: Answer, worker: Answer): Difference[] {
  const names = new Set([...Object.keys(django.headers), ...Object.keys(worker.headers)])
  return [
    ...differ('status', django.status, worker.status),
    ...differ('body', django.json ?? django.text, worker.json ?? worker.text),
    ...[...names].flatMap((name) => differ(name, django.headers[name], worker.headers[name])),
  ]
}

const differ = (field: string, django: unknown, worker: unknown): Difference[] =>
  isSame(django, worker) ? [] : [{ field, django, worker }]

/** Each field that differs requires an entry that allows it. */
function isAllowed(
  place: Place,
  found: Difference[],
  used: Set<Allowed>,
  django?: Answer,
  worker?: Answer,
): boolean {
  const entries = differences.filter((entry) => applies(entry, place, django, worker))
  const covering = found.map(({ field }) => entries.find((entry) => entry.fields.includes(field)))
  for (const entry of covering) if (entry) used.add(entry)
  return covering.every((entry) => entry !== undefined)
}

function applies(entry: Allowed, place: Place, django?: Answer, worker?: Answer): boolean {
  const here = Array.isArray(entry.steps)
    ? entry.steps.includes(place.step)
    : entry.steps.test(place.step)
  return (
    here &&
    (!entry.stack || entry.stack === place.stack) &&
    (!entry.variant || entry.variant === place.variant) &&
    (!entry.django || entry.django.status === django?.status) &&
    (!entry.worker?.status || entry.worker.status === worker?.status) &&
    (entry.worker?.json === undefined || isSame(entry.worker.json, worker?.json)) &&
    (!entry.apartFrom ||
      isSame(without(entry.apartFrom, django?.json), without(entry.apartFrom, worker?.json)))
  )
}

const isSame = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other)

const without = (keys: string[], json: unknown) =>
  Object.fromEntries(Object.entries(json ?? {}).filter(([name]) => !keys.includes(name)))
