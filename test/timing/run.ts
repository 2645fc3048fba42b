// `npm run check:timing`: whether the time of an answer tells who has an account. Starts the Worker as `npm run dev`
// does and asks in rounds, each kind of account once per round in an order drawn anew, so that whatever else the
// machine does meets all alike. A wrong password each time: a right one is known to whom it belongs. Each request
// comes from an address of its own, for the brake by IP knows no account.
//
// Promised (docs/differences.md, "What answers reveal about accounts"): of one table, nobody can be told from the first.
// They differ if Mann and Whitney's test says so (p < 0.001) by more than the noise, which is how far the medians of
// two unknown names lie apart in 99 of 100 resamples.

import { pbkdf2Sync, randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { fail } from '../../cli/fail.ts'
import { running } from '../cli/running.ts'
import { compare, median, quartiles } from './statistics.ts'

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '150' } } })
const rounds = Number(values.rounds)
const warmUp = 10
const password = 'a pond of herons'
const rounds100k = `pbkdf2_sha256$100000$salt$${pbkdf2Sync(password, 'salt', 100_000, 32, 'sha256').toString('base64')}`

/** Kinds of accounts, and what SQL makes of who has signed up; of the unknown there is none. */
const unknown = { unknown: undefined, 'unknown too': undefined }
const known = { known: '', 'known too': '', disabled: "status = 'disabled'" }
const imported = { 'pbkdf2 100,000': `password = '${rounds100k}'` }

type Kinds = Record<string, string | undefined>
type Ask = (email: string) => [path: string, body: object]

const logIn: Ask = (email) => ['/auth/jwt/create/', { email, password: 'a flock of geese' }]
const reset: Ask = (email) => ['/auth/users/reset_password/', { email }]

const free = { THROTTLE_LOGIN: '100000/day', THROTTLE_RESET: '100000/day' }

console.log(`${rounds} rounds; median, quartiles, difference of medians`)
const differing =
  (await tell('login', { ...unknown, ...known }, logIn, free)) +
  (await tell('reset', { ...unknown, ...known }, reset, { ...free, MAIL_COOLDOWN: '1d' })) +
  (await tell('log-in, throttled', { ...unknown, ...known }, logIn, { THROTTLE_LOGIN: '1/day' })) +
  (await tell('log-in, with DUMMY_PASSWORD_HASH', { ...unknown, ...imported }, logIn, {
    ...free,
    DUMMY_PASSWORD_HASH: 'pbkdf2_sha256$100000',
  }))
const verb = differing === 1 ? 'differs' : 'differ'
console.log(`\ncheck:timing: ${differing} of what is promised ${verb}`)
if (differing > 0) process.exitCode = 1

/** How many can be told from the first, in a Worker with these settings. */
async function tell(title: string, kinds: Kinds, ask: Ask, settings: Record<string, string>) {
  const { url, project, stop } = await running({ SEND_ACTIVATION_EMAIL: false, ...settings })

  const post = (path: string, body: object) =>
    fetch(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'cf-connecting-ip': anyAddress() },
      body: JSON.stringify(body),
    })

  async function signUp(kind: string, change: string) {
    const email = addressOf(kind)
    const someone = { email, password, first_name: 'Ada', last_name: 'Lovelace' }
    const { status } = await post('/auth/users/', someone)
    if (status !== 201) fail(`sign-up answers ${status}`)
    if (!change) return
    const statement = `update users set ${change} where email = '${email}'`
    const execute = ['d1', 'execute', 'DB', '--local', '--command', statement]
    const done = await project.runScript('wrangler/bin/wrangler.js', execute)
    if (done.status !== 0) fail(done.output)
  }

  async function measure() {
    const times = new Map(Object.keys(kinds).map((kind): [string, number[]] => [kind, []]))
    for (let round = -warmUp; round < rounds; round++) {
      for (const kind of shuffled(Object.keys(kinds))) {
        const [path, body] = ask(addressOf(kind))
        const start = performance.now()
        await (await post(path, body)).arrayBuffer()
        const time = performance.now() - start
        if (round >= 0) times.get(kind)?.push(time)
        // What is left to do once the answer is out is not to meet the next one.
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

/** Prints a line for each kind; answers how many differ from the first. The second is as unknown as that. */
function report(title: string, times: Map<string, number[]>) {
  const [[first, its], [, control]] = [...times] as [[string, number[]], [string, number[]]]
  const { noise } = compare(its, control)
  console.log(`\n${title}, against "${first}", in ms; noise ${noise.toFixed(2)}`)
  let differing = 0
  for (const [kind, all] of times) {
    const { p } = compare(its, all)
    const difference = median(all) - median(its)
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

function anyAddress() {
  return `10.${randomInt(256)}.${randomInt(256)}.${randomInt(256)}`
}

function shuffled<T>(all: T[]): T[] {
  const rest = [...all]
  return all.map(() => rest.splice(randomInt(rest.length), 1)[0] as T)
}
