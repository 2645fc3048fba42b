// Sends live Django and the Worker the same requests, on both stacks and in every variant, and prints the differences.
//
//   npm run conformance                           everything
//   npm run conformance -- --record               records Django's responses; the Worker gets no requests
//   npm run conformance -- --only users --variant default --stack new
//   npm run conformance -- --only verifiers       our tokens, verified by other libraries
//   npm run conformance -- --only hashers         Django's hashes here, and ours in Django
//   npm run conformance -- --only roundtrip       a thousand users move from Django to us, and back

import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { judge } from './compare.ts'
import { type Allowed, differences } from './differences.ts'
import { allOf, type Checked } from './live/checks.ts'
import { type Django, installDjango, startDjango } from './live/django.ts'
import { checkHashers } from './live/hashers.ts'
import { checkRoundTrip } from './live/migration-roundtrip.ts'
import { inPairs, type Server, stop, track } from './live/processes.ts'
import { type Result, report } from './live/report.ts'
import { checkVerifiers } from './live/verifiers.ts'
import { makeDatabase, startWorker } from './live/worker.ts'
import { mailOf, newRun, type Played, play, type Side } from './play.ts'
import { fromRecord, print, printNames, type Recording, toRecord } from './record.ts'
import type { Scenario } from './scenario.ts'
import { scenariosByFile } from './scenarios/index.ts'
import { type Stack, stacks, type VariantName, variants } from './variants.ts'

const { values: given } = parseArgs({
  options: {
    only: { type: 'string' },
    variant: { type: 'string' },
    stack: { type: 'string' },
    record: { type: 'boolean', default: false },
  },
})

const used = new Set<Allowed>()
const folder = await mkdtemp(join(tmpdir(), 'conformance-'))

try {
  const [database] = await Promise.all([
    given.record ? undefined : makeDatabase(folder),
    installDjango(folder),
  ])
  const chosenStacks = stacks.filter((stack) => !given.stack || given.stack === stack)
  const jobs = chosenStacks.flatMap((stack) =>
    variantNames().map((variant) => ({ stack, variant })),
  )
  const results = await inPairs(jobs, ({ stack, variant }) => compareAll(stack, variant, database))
  const checked = database && !given.variant ? await checkOthers(chosenStacks, database) : []
  const everything = !given.only && !given.variant && !given.stack
  const unused = everything ? differences.filter((entry) => !used.has(entry)) : []
  if (!given.record) process.exitCode = report(results, unused, allOf(checked)) ? 0 : 1
} finally {
  if (process.exitCode === 0 || given.record) await rm(folder, { recursive: true })
  else console.log(`The servers' logs are in ${folder}`)
}

/** Checks what scenarios do not cover. */
async function checkOthers(asked: Stack[], database: string): Promise<Checked[]> {
  const verifiers = isAsked('verifiers') ? [await checkVerifiers(asked, database, folder)] : []
  const moves = {
    hashers: () => checkHashers(asked, database, folder),
    roundtrip: () => checkRoundTrip(asked, folder),
  }
  const chosen = Object.entries(moves).filter(([name]) => isAsked(name))
  return [...verifiers, ...(await inPairs(chosen, ([, check]) => check()))]
}

function isAsked(file: string): boolean {
  return !given.only || given.only === file
}

function variantNames(): VariantName[] {
  return (Object.keys(variants) as VariantName[]).filter(
    (name) => (!given.variant || given.variant === name) && scenariosOf(name).length > 0,
  )
}

function scenariosOf(variant: VariantName): Scenario[] {
  return Object.entries(scenariosByFile)
    .filter(([file]) => isAsked(file))
    .flatMap(([, scenarios]) => scenarios)
    .filter(({ variants }) => variants.includes(variant))
}

async function compareAll(
  stack: Stack,
  variant: VariantName,
  database: string | undefined,
): Promise<Result> {
  const place = join(folder, `${stack}.${variant}`)
  await mkdir(place)
  const servers: Server[] = []
  try {
    const [django, worker] = await Promise.all([
      startDjango(stack, variants[variant], place).then((server) => track(servers, server)),
      database &&
        startWorker(stack, variants[variant], database, place).then((server) =>
          track(servers, server),
        ),
    ])
    if (!worker) return await record(stack, variant, django)
    return await compareWith(stack, variant, django, worker)
  } finally {
    await Promise.all(servers.map(({ child }) => stop(child)))
  }
}

function recordOf(stack: Stack, variant: VariantName): string {
  return join(import.meta.dirname, `recorded/${stack}.${variant}.json`)
}

function namesOf(stack: Stack): string {
  return join(import.meta.dirname, `recorded/names/${stack}.json`)
}

async function readRecord(stack: Stack, variant: VariantName): Promise<Recording | undefined> {
  const text = await readFile(recordOf(stack, variant), 'utf8').catch(() => undefined)
  return text === undefined ? undefined : JSON.parse(text)
}

async function record(stack: Stack, variant: VariantName, django: Django): Promise<Result> {
  const before = given.only ? await readRecord(stack, variant) : undefined
  const scenarios = { ...before?.scenarios }
  for (const scenario of scenariosOf(variant)) {
    scenarios[scenario.name] = toRecord(scenario, await play(scenario, django, newRun()))
  }
  await writeFile(recordOf(stack, variant), print({ versions: django.versions, scenarios }))
  if (variant === 'default') await writeFile(namesOf(stack), printNames(django.names))
  return { stack, variant, verdicts: [], stale: [], changed: [] }
}

async function compareWith(
  stack: Stack,
  variant: VariantName,
  django: Django,
  worker: Side,
): Promise<Result> {
  const result: Result = { stack, variant, verdicts: [], stale: [], changed: [] }
  const recording = await readRecord(stack, variant)
  const sameVersions = JSON.stringify(recording?.versions) === JSON.stringify(django.versions)

  if (await isRenamed(stack, variant, django)) {
    const list = sameVersions ? result.stale : result.changed
    list.push('names of settings and endpoints')
  }
  for (const scenario of scenariosOf(variant)) {
    const run = newRun()
    const [live, ours] = await Promise.all([
      play(scenario, django, run),
      play(scenario, worker, run),
    ])
    ours.mail = await settledMail(worker, run, live.mail, ours.mail)

    const recorded = recording && fromRecord(recording, scenario)
    const same = JSON.stringify(recorded) === JSON.stringify(live)
    if (!same && (sameVersions || !recorded)) result.stale.push(scenario.name)
    if (!same && !sameVersions && recorded) result.changed.push(scenario.name)
    const expected: Played = !sameVersions && recorded ? recorded : live
    result.verdicts.push(...judge(scenario, { stack, variant }, expected, ours, used))
  }
  return result
}

/** Whether the packages have other settings or endpoints than the recorded ones. */
async function isRenamed(stack: Stack, variant: VariantName, { names }: Django): Promise<boolean> {
  if (variant !== 'default') return false
  return (await readFile(namesOf(stack), 'utf8').catch(() => '')) !== printNames(names)
}

/** Waits for our mail, which we send after the response. */
async function settledMail(worker: Side, run: string, expected: string[], first: string[]) {
  let mail = first
  for (let attempt = 0; attempt < 20 && mail.join() !== expected.join(); attempt++) {
    await sleep(50)
    mail = await mailOf(worker, run)
  }
  return mail
}
