// `npm run check:timing`: whether the response time reveals which accounts exist. Starts the Worker as `npm run dev`
// does, and sends requests in rounds: each kind of account once a round, in a new random order, so that other work of
// the machine slows all kinds alike. Every password is wrong: only the owner of an account knows the right one. Each
// request comes from a different address, because the rate limit by address knows no account.
//
// The promise (docs/differences.md, "What answers reveal about accounts"): in one table, no kind differs from the first.
// A kind differs if Mann and Whitney's test says so (p < 0.001), and if the medians differ by more than the noise. The
// noise is the difference between the medians of two unknown logins in 99 of 100 resamples.

import { pbkdf2Sync, randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { fail } from '../../cli/fail.ts'
import { startGatehouse } from '../cli/running.ts'
import { compare, median, quartiles } from './statistics.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '150' },
    replicas: { type: 'boolean', default: false },
  },
})
const rounds = Number(values.rounds)
/** Sets D1_READ_REPLICATION. */
const { replicas } = values
const warmUp = 10
const password = 'a pond of herons'
const rounds100k = `pbkdf2_sha256$100000$salt$${pbkdf2Sync(password, 'salt', 100_000, 32, 'sha256').toString('base64')}`

/** Kinds of accounts, and the SQL that makes one of a new user; undefined for logins without an account. */
const unknown = { unknown: undefined, 'unknown too': undefined }
const known = { known: '', 'known too': '', disabled: "status = 'disabled'" }
const imported = { 'pbkdf2 100,000': `password = '${rounds100k}'` }

type Kinds = Record<string, string | undefined>
type RequestTo = (email: string) => [path: string, body: object]

const logIn: RequestTo = (email) => ['/auth/jwt/create/', { email, password: 'a flock of geese' }]
const reset: RequestTo = (email) => ['/auth/users/reset_password/', { email }]

const unthrottled = { THROTTLE_LOGIN: '100000/day', THROTTLE_RESET: '100000/day' }

console.log(`${rounds} rounds; median, quartiles, difference of medians`)
const differing =
  (await countDiffering('login', { ...unknown, ...known }, logIn, unthrottled)) +
  (await countDiffering('reset', { ...unknown, ...known }, reset, {
    ...unthrottled,
    MAIL_COOLDOWN: '1d',
  })) +
  (await countDiffering('login, throttled', { ...unknown, ...known }, logIn, {
    THROTTLE_LOGIN: '1/day',
  })) +
  (await countDiffering('login, with DUMMY_PASSWORD_HASH', { ...unknown, ...imported }, logIn, {
    ...unthrottled,
    DUMMY_PASSWORD_HASH: 'pbkdf2_sha256$100000',
  }))
const kindsDiffer = differing === 1 ? 'kind of account differs' : 'kinds of account differ'
console.log(`\ncheck:timing: ${differing} ${kindsDiffer} from the first of its table`)
if (differing > 0) process.exitCode = 1

/** Prints a table. @returns how many kinds differ from the first, in a Worker with these settings */
async function countDiffering(
  title: string,
  kinds: Kinds,
  requestTo: RequestTo,
  settings: Record<string, string>,
) {
  const { url, project, scheduled, stop } = await startGatehouse({
    SEND_ACTIVATION_EMAIL: false,
    D1_READ_REPLICATION: replicas,
    ...settings,
  })

  const post = (path: string, body: object) =>
    fetch(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'cf-connecting-ip': randomAddress() },
      body: JSON.stringify(body),
    })

  async function signUp(kind: string, change: string) {
    const email = addressOf(kind)
    const user = { email, password, first_name: 'Ada', last_name: 'Lovelace' }
    const { status } = await post('/auth/users/', user)
    if (status !== 201) fail(`sign-up answered ${status}`)
    if (!change) return
    const statement = `update users set ${change} where email = '${email}'`
    const execute = ['d1', 'execute', 'DB', '--local', '--command', statement]
    const done = await project.runScript('wrangler/bin/wrangler.js', execute)
    if (done.status !== 0) fail(done.output)
  }

  async function measure() {
    const times = new Map(Object.keys(kinds).map((kind): [string, number[]] => [kind, []]))
    for (let round = -warmUp; round < rounds; round++) {
      // No replica is believed without a pulse, which the cron writes.
      if (replicas && round % 10 === 0) await scheduled(Date.now())
      for (const kind of shuffled(Object.keys(kinds))) {
        const [path, body] = requestTo(addressOf(kind))
        const start = performance.now()
        await (await post(path, body)).arrayBuffer()
        const time = performance.now() - start
        if (round >= 0) times.get(kind)?.push(time)
        // Work after the answer must not slow the next request.
        await new Promise((resolve) => setTimeout(resolve, 15))
      }
    }
    return times
  }

  try {
    for (const [kind, change] of Object.entries(kinds)) {
      if (change !== undefined) await signUp(kind, change)
    }
    return report(title, await measure())
  } finally {
    await stop()
  }
}

/** Prints a line for each kind. The second kind is the control. @returns how many kinds differ from the first */
function report(title: string, times: Map<string, number[]>) {
  const [[first, firstTimes], [, controlTimes]] = [...times] as [
    [string, number[]],
    [string, number[]],
  ]
  const { noise } = compare(firstTimes, controlTimes)
  console.log(`\n${title}, against "${first}", in ms; noise ${noise.toFixed(2)}`)
  let differing = 0
  for (const [kind, all] of times) {
    const { p } = compare(firstTimes, all)
    const difference = median(all) - median(firstTimes)
    const differs = p < 0.001 && Math.abs(difference) > noise
    if (differs) differing++
    const figures = [median(all), ...quartiles(all), difference]
    const columns = figures.map((value) => value.toFixed(2).padStart(8)).join('')
    const verdict = kind === first ? '' : differs ? 'DIFFERS' : 'same'
    console.log(`${kind.padEnd(16)}${columns}  p=${p.toFixed(4)}  ${verdict}`)
  }
  return differing
}

function addressOf(kind: string) {
  return `${kind.replaceAll(/\W/g, '-')}@example.com`
}

function randomAddress() {
  return `10.${randomInt(256)}.${randomInt(256)}.${randomInt(256)}`
}

function shuffled<T>(all: T[]): T[] {
  const rest = [...all]
  return all.map(() => rest.splice(randomInt(rest.length), 1)[0] as T)
}
