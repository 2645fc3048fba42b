// `npm run check:timing`: whether the time of an answer tells who has an account. Starts the Worker as `npm run dev`
// does and asks in rounds, each kind of account once per round in an order drawn anew, so that whatever else the
// machine does meets all alike. A wrong password each time: a right one is known to whom it belongs.
//
// Promised (docs/compatibility.md, "What the wire itself tells"): known, unknown and disabled cannot be told apart.
// They differ if Mann and Whitney's test says so (p < 0.001) by more than the noise, which is how far the medians of
// two unknown names lie apart in 99 of 100 resamples. Accounts whose imported hash was not replaced yet are shown,
// and judged by nobody: they take as long as that hash does. The rates count, and are too high to be met; for the
// brake by IP each request has an address of its own.

import { pbkdf2Sync, randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { refuse } from '../../tools/refuse.ts'
import { running } from '../tools/running.ts'
import { compare, median, quartiles } from './statistics.ts'

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '150' } } })
const rounds = Number(values.rounds)
const warmUp = 10
const password = 'a pond of herons'

const often = '1000000/second'

const { url, project, stop } = await running({
  THROTTLE_LOGIN: often,
  THROTTLE_RESET: often,
  SEND_ACTIVATION_EMAIL: false,
  MAIL_INTERVAL: '1d',
})

const post = (path: string, body: object) =>
  fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'cf-connecting-ip': anyIp() },
    body: JSON.stringify(body),
  })

const anyIp = () =>
  `2001:db8:${randomInt(65_536).toString(16)}:${randomInt(65_536).toString(16)}::1`

const addressOf = (kind: string) => `${kind.replaceAll(/\W/g, '-')}@example.com`

async function signUp(kind: string) {
  const someone = { email: addressOf(kind), password, first_name: 'Ada', last_name: 'Lovelace' }
  const { status } = await post('/auth/users/', someone)
  if (status !== 201) refuse(`sign-up answers ${status}`)
}

async function write(kind: string, change: string) {
  const statement = `update users set ${change} where email = '${addressOf(kind)}'`
  const wrangler = 'wrangler/bin/wrangler.js'
  const execute = ['d1', 'execute', 'DB', '--local', '--command', statement]
  const { status, output } = await project.runScript(wrangler, execute)
  if (status !== 0) refuse(output)
}

const imported = {
  'pbkdf2 100,000': `pbkdf2_sha256$100000$salt$${pbkdf2Sync(password, 'salt', 100_000, 32, 'sha256').toString('base64')}`,
  'bare SHA-256': '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
}

/** Milliseconds of each kind, asked in rounds. */
async function measure(kinds: string[], ask: (kind: string) => Promise<Response>) {
  const times = new Map(kinds.map((kind): [string, number[]] => [kind, []]))
  for (let round = -warmUp; round < rounds; round++) {
    for (const kind of shuffled(kinds)) {
      const start = performance.now()
      const answer = await ask(kind)
      await answer.arrayBuffer()
      const time = performance.now() - start
      if (round >= 0) times.get(kind)?.push(time)
      // What is left to do once the answer is out is not to meet the next one.
      await new Promise((resolve) => setTimeout(resolve, 15))
    }
  }
  return times
}

function shuffled<T>(all: T[]): T[] {
  const rest = [...all]
  return all.map(() => rest.splice(randomInt(rest.length), 1)[0] as T)
}

/** Prints a line for each kind; answers how many of the promised differ from the first. */
function report(title: string, times: Map<string, number[]>, control: string, promised: string[]) {
  const of = (kind: string) => times.get(kind) ?? []
  const [first = ''] = times.keys()
  const { noise } = compare(of(first), of(control))
  console.log(`\n${title}, against "${first}", in ms; noise ${noise.toFixed(2)}`)
  let failures = 0
  for (const [kind, all] of times) {
    const { p } = compare(of(first), all)
    const difference = median(all) - median(of(first))
    const differs = p < 0.001 && Math.abs(difference) > noise
    const isPromised = promised.includes(kind)
    if (differs && isPromised) failures++
    const verdict =
      kind === first ? '' : differs ? (isPromised ? 'DIFFERS' : 'differs, as known') : 'same'
    const [low, high] = quartiles(all)
    const figures = [median(all), low, high, difference].map((value) =>
      value.toFixed(2).padStart(8),
    )
    console.log(`${kind.padEnd(16)}${figures.join('')}  p=${p.toFixed(4)}  ${verdict}`)
  }
  return failures
}

try {
  const known = ['known', 'known too', 'disabled']
  for (const kind of [...known, ...Object.keys(imported)]) await signUp(kind)
  await write('disabled', `status = 'disabled'`)
  for (const [kind, hash] of Object.entries(imported)) await write(kind, `password = '${hash}'`)

  const logIn = (kind: string) =>
    post('/auth/jwt/create/', { email: addressOf(kind), password: 'a flock of geese' })
  const reset = (kind: string) => post('/auth/users/reset_password/', { email: addressOf(kind) })

  const unknown = ['unknown', 'unknown too']
  console.log(`${rounds} rounds; median, quartiles, difference of medians`)
  const kinds = [...unknown, ...known, ...Object.keys(imported)]
  const failures =
    report('log-in', await measure(kinds, logIn), 'unknown too', [...unknown, ...known]) +
    report('reset', await measure([...unknown, ...known], reset), 'unknown too', [
      ...unknown,
      ...known,
    ])
  console.log(
    `\ncheck:timing: ${failures} of what is promised ${failures === 1 ? 'differs' : 'differ'}`,
  )
  if (failures > 0) process.exitCode = 1
} finally {
  await stop()
}
