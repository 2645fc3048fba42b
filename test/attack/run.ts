// `npm run attack`: guessing, credential stuffing and flooding against a running Worker with the shipped settings. It counts
// what gets through, and how long the owner of an account has to wait meanwhile. Both have a bound. `-- --replicas` sets
// D1_READ_REPLICATION.

import { parseArgs } from 'node:util'
import { fail } from '../../cli/fail.ts'
import { clean, flood, maxAdded, type Rows, rowsIn, tables } from './flood.ts'
import { type Answer, address, password, type Sent, type Setup, setUp } from './setup.ts'

interface Attack {
  name: string
  requests: Sent[]
  /** The number of concurrent requests. */
  concurrency: number
  gotThrough: (answer: Answer) => boolean
  /** The number that may get through. */
  bound: number
}

const problems: string[] = []
const check = (holds: boolean, problem: string) => holds || problems.push(problem)

async function run(
  { send, pulse }: Setup,
  { name, requests, concurrency, gotThrough, bound }: Attack,
) {
  await pulse()
  const start = performance.now()
  const answers: Answer[] = []
  for (let from = 0; from < requests.length; from += concurrency) {
    answers.push(...(await Promise.all(requests.slice(from, from + concurrency).map(send))))
  }
  const seconds = (performance.now() - start) / 1000
  const through = answers.filter(gotThrough).length
  const refused = answers.filter(({ status }) => status === 429)
  const longest = Math.max(0, ...refused.map(({ retryAfter }) => retryAfter))
  const figures = [
    requests.length,
    through,
    refused.length,
    `${longest} s`,
    `${seconds.toFixed(1)} s`,
  ]
  console.log(name.padEnd(56) + figures.map((figure) => String(figure).padStart(9)).join(''))
  check(through <= bound, `${name}: ${through} got through, the bound is ${bound}`)
  check(!answers.some(({ status }) => status >= 500), `${name}: it answered 5xx`)
  return answers
}

/** Sends the requests of an owner whose account is under attack, and checks that they are not locked out. */
async function checkOwner(
  { send }: Setup,
  user: Awaited<ReturnType<Setup['createUser']>>,
  otherIp: string,
) {
  const { email, ip, access, refresh } = user
  const me = await send({ method: 'GET', path: '/auth/users/me/', ip, token: access })
  const renewed = await send({ path: '/auth/jwt/refresh/', body: { refresh }, ip })
  const body = { email, password }
  const knownNetwork = await send({ path: '/auth/jwt/create/', body, ip })
  const elsewhere = await send({ path: '/auth/jwt/create/', body, ip: otherIp })
  const answer =
    elsewhere.status === 429 ? `429 for ${elsewhere.retryAfter} s` : `${elsewhere.status}`
  const statuses = `session ${me.status}, refresh ${renewed.status}, login on the known network ${knownNetwork.status}`
  console.log(`  its owner: ${statuses}, from elsewhere ${answer}`)
  const isFree = [me, renewed, knownNetwork].every(({ status }) => status === 200)
  check(isFree && elsewhere.retryAfter <= 15 * 60, `${email} is locked out: ${statuses}, ${answer}`)
}

const numbers = (length: number) => Array.from({ length }, (_, index) => index)
const wasCompared = ({ status }: Answer) => status === 401 || status === 200
const guess = (email: string, ip: string, number: number): Sent => ({
  path: '/auth/jwt/create/',
  body: { email, password: `guess ${number}` },
  ip,
})

const { values: options } = parseArgs({
  options: { replicas: { type: 'boolean', default: false } },
})
const setup = await setUp(options)
try {
  const head = ['sent', 'through', '429', 'Retry', 'took']
    .map((title) => title.padStart(9))
    .join('')
  console.log(' '.repeat(56) + head)

  const guesses = [
    { name: '2,000 guesses from one address, one by one', from: () => 0, concurrency: 1 },
    {
      name: '2,000 guesses from 2,000 addresses, one by one',
      from: (n: number) => n,
      concurrency: 1,
    },
    {
      name: '2,000 guesses from 2,000 addresses, 500 at once',
      from: (n: number) => n,
      concurrency: 500,
    },
  ]
  for (const [network, { name, from, concurrency }] of guesses.entries()) {
    const victim = await setup.createUser(`victim${network}@example.com`, address(100 + network, 1))
    const requests = numbers(2000).map((n) => guess(victim.email, address(network, from(n)), n))
    await run(setup, { name, requests, concurrency, gotThrough: wasCompared, bound: 11 })
    await checkOwner(setup, victim, address(110 + network, 1))
  }

  const robbed = await setup.createUser('robbed@example.com', address(103, 1))
  const change = (n: number): Sent => ({
    path: '/auth/users/set_password/',
    body: { current_password: `guess ${n}`, new_password: 'a flock of geese' },
    ip: address(3, n),
    token: robbed.access,
  })
  await run(setup, {
    name: '2,000 at set_password with a stolen access token',
    requests: numbers(2000).map(change),
    concurrency: 500,
    gotThrough: ({ status }) => status !== 429,
    bound: 11,
  })
  await checkOwner(setup, robbed, address(113, 1))

  await setup.createUsers('crowd', 1000, robbed.email)
  const stuffed = (ip: (n: number) => string): Sent[] =>
    numbers(1000).map((n) => ({
      path: '/auth/jwt/create/',
      // One account in a hundred has the leaked password.
      body: { email: `crowd${n}@example.com`, password: n % 100 ? `leaked ${n}` : password },
      ip: ip(n),
    }))
  await run(setup, {
    name: '1,000 accounts stuffed from one address',
    requests: stuffed(() => address(4, 1)),
    concurrency: 50,
    gotThrough: wasCompared,
    bound: 60,
  })
  await run(setup, {
    name: '1,000 accounts stuffed from ten addresses',
    requests: stuffed((n) => address(5, n % 10)),
    concurrency: 50,
    gotThrough: wasCompared,
    bound: 600,
  })

  const flooded = await setup.createUser('flooded@example.com', address(106, 1))
  const reset = { path: '/auth/users/reset_password/', body: { email: flooded.email } }
  await run(setup, {
    name: '200 resets for one address, from 200',
    requests: numbers(200).map((n) => ({ ...reset, ip: address(6, n) })),
    concurrency: 50,
    gotThrough: ({ status }) => status === 204,
    bound: 10,
  })
  const [mailed] = await setup.query(
    `select count(*) mails from mail_outbox where recipient = '${flooded.email}' and kind = 'password_reset'`,
  )
  console.log(`  emails to it: ${mailed?.mails}`)
  check(Number(mailed?.mails) <= 1, `${mailed?.mails} emails for 200 resets`)

  const signUp = (email: string, ip: string): Sent => ({
    path: '/auth/users/',
    body: { email, password, first_name: 'Ada', last_name: 'Lovelace' },
    ip,
  })
  await run(setup, {
    name: '500 sign-ups from one address',
    requests: numbers(500).map((n) => signUp(`bot${n}@example.com`, address(7, 1))),
    concurrency: 50,
    gotThrough: ({ status }) => status === 201,
    bound: 15,
  })
  await run(setup, {
    name: '500 sign-ups with one email, from 500 addresses',
    requests: numbers(500).map((n) => signUp('same@example.com', address(8, n))),
    concurrency: 50,
    gotThrough: ({ status }) => status === 201,
    bound: 1,
  })

  const before = await rowsIn(setup)
  const flooder = await setup.createUser('flooder@example.com', address(9, 1))
  const began = Date.now()
  await run(setup, {
    name: 'a minute of every route, from one address and account',
    requests: flood(flooder, password),
    concurrency: 50,
    gotThrough: ({ status }) => status < 400,
    bound: Number.MAX_SAFE_INTEGER,
  })
  const minutes = Math.floor(Date.now() / 60_000) - Math.floor(began / 60_000) + 1
  const after = await rowsIn(setup)
  await clean(setup, Date.now())
  const cleaned = await rowsIn(setup)
  await clean(setup, Date.now() + 26 * 3_600_000, 60)
  const nextDay = await rowsIn(setup)
  await clean(setup, Date.now() + 100 * 24 * 3_600_000, 60)
  const inTheEnd = await rowsIn(setup)
  const titles = ['before', 'after', 'bound', 'cron', 'next day', '100 days']
  const line = (name: string, figures: unknown[]) =>
    console.log(`  ${name.padEnd(24)}${figures.map((each) => String(each).padStart(9)).join('')}`)
  line(`rows, ${minutes} minute(s)`, titles)
  for (const table of tables) {
    // The sender of the flood has a session, an account and an email, too.
    const bound = before[table] + maxAdded[table] * minutes + 2
    line(
      table,
      [before, after, { [table]: bound }, cleaned, nextDay, inTheEnd].map(
        (rows) => (rows as Rows)[table],
      ),
    )
    check(
      after[table] <= bound,
      `${after[table]} rows in ${table} after the flood, the bound is ${bound}`,
    )
    check(cleaned[table] <= after[table], `the cron left ${cleaned[table]} rows in ${table}`)
  }
  check(nextDay.throttles === 0, `${nextDay.throttles} rows in throttles a day later`)
  check(nextDay.sessions === 0, `${nextDay.sessions} rows in sessions a day later`)
  const { users: _, auth_tokens: __, ...expiring } = inTheEnd
  for (const [table, rows] of Object.entries(expiring)) {
    check(rows === 0, `${rows} rows in ${table} after 100 days`)
  }
} finally {
  await setup.stop()
}

if (problems.length > 0)
  fail(`\nattack: ${problems.length} bounds were exceeded\n${problems.join('\n')}`)
console.log('\nattack: all bounds were kept')
