// `npm run attack`: guessing, stuffing and flooding against a running Worker with the settings that are shipped.
// What gets through is counted and held to a bound; what a real user meets meanwhile is shown, and held to one too.

import { fail } from '../../cli/fail.ts'
import { clean, flood, mayBeAdded, type Rows, rowsIn, tables } from './flood.ts'
import { type Answer, address, newWorld, password, type Sent, type World } from './setup.ts'

interface Attack {
  name: string
  requests: Sent[]
  /** How many are under way at once. */
  atOnce: number
  gotThrough: (answer: Answer) => boolean
  /** How many may get through. */
  bound: number
}

const problems: string[] = []
const check = (holds: boolean, problem: string) => holds || problems.push(problem)

async function run({ send }: World, { name, requests, atOnce, gotThrough, bound }: Attack) {
  const start = performance.now()
  const answers: Answer[] = []
  for (let from = 0; from < requests.length; from += atOnce) {
    answers.push(...(await Promise.all(requests.slice(from, from + atOnce).map(send))))
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
  check(through <= bound, `${name}: ${through} got through, ${bound} may`)
  check(!answers.some(({ status }) => status >= 500), `${name}: it answered 5xx`)
  return answers
}

/** What the owner of an account meets while it is under attack. */
async function owner(
  { send }: World,
  who: Awaited<ReturnType<World['person']>>,
  elsewhere: string,
) {
  const { email, ip, access, refresh } = who
  const me = await send({ method: 'GET', path: '/auth/users/me/', ip, token: access })
  const renewed = await send({ path: '/auth/jwt/refresh/', body: { refresh }, ip })
  const body = { email, password }
  const atHome = await send({ path: '/auth/jwt/create/', body, ip })
  const away = await send({ path: '/auth/jwt/create/', body, ip: elsewhere })
  const held = away.status === 429 ? `held up for ${away.retryAfter} s` : `${away.status}`
  const statuses = `session ${me.status}, refresh ${renewed.status}, log-in at home ${atHome.status}`
  console.log(`  its owner: ${statuses}, from elsewhere ${held}`)
  const isFree = [me, renewed, atHome].every(({ status }) => status === 200)
  check(isFree && away.retryAfter <= 15 * 60, `${email} is locked out: ${statuses}, ${held}`)
}

const numbers = (length: number) => Array.from({ length }, (_, index) => index)
const compared = ({ status }: Answer) => status === 401 || status === 200
const guess = (email: string, ip: string, number: number): Sent => ({
  path: '/auth/jwt/create/',
  body: { email, password: `guess ${number}` },
  ip,
})

const world = await newWorld()
try {
  const head = ['sent', 'through', '429', 'Retry', 'took']
    .map((title) => title.padStart(9))
    .join('')
  console.log(' '.repeat(56) + head)

  const guesses = [
    { name: '2,000 guesses from one address, one by one', from: () => 0, atOnce: 1 },
    { name: '2,000 guesses from 2,000 addresses, one by one', from: (n: number) => n, atOnce: 1 },
    {
      name: '2,000 guesses from 2,000 addresses, 500 at once',
      from: (n: number) => n,
      atOnce: 500,
    },
  ]
  for (const [network, { name, from, atOnce }] of guesses.entries()) {
    const victim = await world.person(`victim${network}@example.com`, address(100 + network, 1))
    const requests = numbers(2000).map((n) => guess(victim.email, address(network, from(n)), n))
    await run(world, { name, requests, atOnce, gotThrough: compared, bound: 11 })
    await owner(world, victim, address(110 + network, 1))
  }

  const robbed = await world.person('robbed@example.com', address(103, 1))
  const change = (n: number): Sent => ({
    path: '/auth/users/set_password/',
    body: { current_password: `guess ${n}`, new_password: 'a flock of geese' },
    ip: address(3, n),
    token: robbed.access,
  })
  await run(world, {
    name: '2,000 at set_password with a stolen access token',
    requests: numbers(2000).map(change),
    atOnce: 500,
    gotThrough: ({ status }) => status !== 429,
    bound: 11,
  })
  await owner(world, robbed, address(113, 1))

  await world.crowd('crowd', 1000, robbed.email)
  const stuffed = (ip: (n: number) => string): Sent[] =>
    numbers(1000).map((n) => ({
      path: '/auth/jwt/create/',
      // One in a hundred uses the password that leaked elsewhere.
      body: { email: `crowd${n}@example.com`, password: n % 100 ? `leaked ${n}` : password },
      ip: ip(n),
    }))
  await run(world, {
    name: '1,000 accounts stuffed from one address',
    requests: stuffed(() => address(4, 1)),
    atOnce: 50,
    gotThrough: compared,
    bound: 60,
  })
  await run(world, {
    name: '1,000 accounts stuffed from ten addresses',
    requests: stuffed((n) => address(5, n % 10)),
    atOnce: 50,
    gotThrough: compared,
    bound: 600,
  })

  const flooded = await world.person('flooded@example.com', address(106, 1))
  const reset = { path: '/auth/users/reset_password/', body: { email: flooded.email } }
  await run(world, {
    name: '200 resets for one address, from 200',
    requests: numbers(200).map((n) => ({ ...reset, ip: address(6, n) })),
    atOnce: 50,
    gotThrough: ({ status }) => status === 204,
    bound: 10,
  })
  const [mailed] = await world.query(
    `select count(*) mails from mail_outbox where recipient = '${flooded.email}' and kind = 'password_reset'`,
  )
  console.log(`  mails to it: ${mailed?.mails}`)
  check(Number(mailed?.mails) <= 1, `${mailed?.mails} mails for 200 resets`)

  const signUp = (email: string, ip: string): Sent => ({
    path: '/auth/users/',
    body: { email, password, first_name: 'Ada', last_name: 'Lovelace' },
    ip,
  })
  await run(world, {
    name: '500 sign-ups from one address',
    requests: numbers(500).map((n) => signUp(`bot${n}@example.com`, address(7, 1))),
    atOnce: 50,
    gotThrough: ({ status }) => status === 201,
    bound: 15,
  })
  await run(world, {
    name: '500 sign-ups with one e-mail, from 500 addresses',
    requests: numbers(500).map((n) => signUp('same@example.com', address(8, n))),
    atOnce: 50,
    gotThrough: ({ status }) => status === 201,
    bound: 1,
  })

  const before = await rowsIn(world)
  const flooder = await world.person('flooder@example.com', address(9, 1))
  const began = Date.now()
  await run(world, {
    name: 'a minute of every route, from one address and account',
    requests: flood(flooder, password),
    atOnce: 50,
    gotThrough: ({ status }) => status < 400,
    bound: Number.MAX_SAFE_INTEGER,
  })
  const minutes = Math.floor(Date.now() / 60_000) - Math.floor(began / 60_000) + 1
  const after = await rowsIn(world)
  await clean(world, Date.now())
  const cleaned = await rowsIn(world)
  await clean(world, Date.now() + 26 * 3_600_000, 60)
  const nextDay = await rowsIn(world)
  await clean(world, Date.now() + 100 * 24 * 3_600_000, 60)
  const inTheEnd = await rowsIn(world)
  const titles = ['before', 'after', 'may be', 'cron', 'a day on', '100 days']
  const line = (name: string, figures: unknown[]) =>
    console.log(`  ${name.padEnd(24)}${figures.map((each) => String(each).padStart(9)).join('')}`)
  line(`rows, ${minutes} minute(s)`, titles)
  for (const table of tables) {
    // A person whose flood it is has a session, an account and a mail, too.
    const bound = before[table] + mayBeAdded[table] * minutes + 2
    line(
      table,
      [before, after, { [table]: bound }, cleaned, nextDay, inTheEnd].map(
        (rows) => (rows as Rows)[table],
      ),
    )
    check(
      after[table] <= bound,
      `${after[table]} rows in ${table} after the flood, ${bound} may be`,
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
  await world.stop()
}

if (problems.length > 0)
  fail(`\nattack: ${problems.length} got further than they may\n${problems.join('\n')}`)
console.log('\nattack: nothing got further than it may')
