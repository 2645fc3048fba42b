// Users of live Django, with hashes of each of its hashers, are imported here, and both sides get the same logins. Then our
// hashes go back to that Django, and both get the logins again.

import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Side } from '../play.ts'
import type { Stack, Variant } from '../variants.ts'
import type { Check, Checked } from './checks.ts'
import { execute, importInto } from './d1.ts'
import { databaseOf, runInDjango, startDjango } from './django.ts'
import { folderIn, inPairs, type Server, stop, track } from './processes.ts'
import { startWorker } from './worker.ts'

interface Person {
  email: string
  /** The address for the logins in Django: the same, except for a hash that Django cannot read. */
  like: string
  hasher: string
  password: string
}

const passwords = [
  'correct horse battery staple',
  'cafe\u0301 nai\u0308ve s\u0323\u0307',
  'правильная 密码 كلمة',
  '🐴🔋👩‍👩‍👧‍👦🏳️‍🌈',
  '',
  ' \tblanks around\u00a0 ',
  'before\0after',
  'z'.repeat(72),
  '密'.repeat(30),
]

const variant: Variant = { login: 'email', DJOSER: {}, SIMPLE_JWT: {}, cors: {} }

export async function checkHashers(
  stacks: Stack[],
  database: string,
  folder: string,
): Promise<Checked> {
  const place = await folderIn(folder, 'hashers')
  const servers: Server[] = []
  try {
    const worker = track(servers, await startWorker('new', variant, database, place))
    const homes = await inPairs(stacks, (stack) => makeHome(stack, place, servers))
    const files = homes.map(({ folder }) => databaseOf(folder))
    await importInto(place, [...files, '--user-model', 'accounts.UserAccount'])
    const there = await inPairs(homes, (home) => compareThere(home, worker))

    const rows = await execute(place, 'SELECT email, password AS encoded FROM users')
    const back = await inPairs(there, ({ home, asked }) => compareBack(home, asked, rows))
    return {
      checks: withEntries([...there.flatMap(({ checks }) => checks), ...back.flat()]),
      skipped: homes.flatMap(({ stack, lacking }) =>
        Object.entries(lacking).map(([name, why]) => `${stack} Django, ${name}: ${why}`),
      ),
    }
  } finally {
    await Promise.all(servers.map(({ child }) => stop(child)))
  }
}

type Home = Awaited<ReturnType<typeof makeHome>>

/** Starts a Django, with users of each of its hashers. */
async function makeHome(stack: Stack, place: string, servers: Server[]) {
  const folder = await folderIn(place, stack)
  const django: Side = track(servers, await startDjango(stack, variant, folder))
  const [given, found] = [join(folder, 'passwords.json'), join(folder, 'people.json')]
  await writeFile(given, JSON.stringify(passwords))
  await runInDjango(stack, variant, folder, ['hashed.py', 'make', given, found])
  const made: { people: Person[]; lacking: Record<string, string> } = JSON.parse(
    await readFile(found, 'utf8'),
  )
  return { stack, folder, django, ...made }
}

async function compareThere(home: Home, worker: Side) {
  const { stack, django, people } = home
  const { newUsers, checks } = await signUp(stack, [django, worker])
  const asked = await inPairs([...people, ...newUsers], async (person) => {
    const { email, like, password } = person
    const [there, here] = await Promise.all([
      attempts(django, like, password),
      attempts(worker, email, password),
    ])
    return { person, there, here }
  })
  const compares = asked.flatMap(({ person, there, here }) =>
    compared(`${stack} Django's ${person.hasher}`, 'here', there, here),
  )
  return { home, asked, checks: [...checks, ...compares] }
}

type Asked = Awaited<ReturnType<typeof compareThere>>['asked']

/** Checks the hashes that were made here, most of them at a login. */
async function compareBack(
  { stack, folder, django }: Home,
  asked: Asked,
  rows: Record<string, unknown>[],
) {
  const ours = rows.filter(({ email }) => String(email).startsWith(stack))
  const given = join(folder, 'back.json')
  await writeFile(
    given,
    JSON.stringify(ours.map((row) => ({ ...row, email: `back.${row.email}` }))),
  )
  await runInDjango(stack, variant, folder, ['hashed.py', 'take', given])
  const checks = await inPairs(asked, async ({ person, here }) => {
    const back = await attempts(django, `back.${person.email}`, person.password)
    return compared(`${stack} Django's ${person.hasher}`, 'back there', here, back)
  })
  return checks.flat()
}

/** Signs up users on both sides: their hashes were made here from the start. */
async function signUp(stack: Stack, sides: [Side, Side]) {
  const newUsers = passwords.map((password, number): Person => {
    const email = `${stack}.newcomer.${number}@example.com`
    return { email, like: email, hasher: 'newUsers', password }
  })
  const checks = await inPairs(newUsers, async ({ email, hasher, password }): Promise<Check> => {
    const body = { email, first_name: 'New', last_name: 'User', password }
    const [expected, got] = await Promise.all(sides.map((side) => post(side, '/auth/users/', body)))
    const of = `${stack} Django's ${hasher}`
    return { of, what: `${JSON.stringify(password)} to sign up with`, expected, got }
  })
  return { newUsers, checks }
}

interface Attempt {
  what: string
  status: number
}

/** DRF's own login keeps blanks around a password; the others strip them. */
async function attempts(side: Side, email: string, password: string): Promise<Attempt[]> {
  const asked = [
    ['/api-token-auth/', { username: email, password: alike(password) }],
    ['/api-token-auth/', { username: email, password }],
    ...(password.trim() === password ? [] : [['/auth/jwt/create/', { email, password }] as const]),
  ] as const
  const found: Attempt[] = []
  for (const [path, body] of asked) {
    const what = `${email}, ${JSON.stringify(body.password)} at ${path}`
    found.push({ what, status: await post(side, path, body) })
  }
  return found
}

/** Another password, which a careless hasher would accept as the same. */
function alike(password: string): string {
  const others = [password.normalize('NFC'), password.trim(), password.replace(/\0.*/, '')]
  return others.find((other) => other !== password) ?? `${password}!`
}

const compared = (of: string, where: string, expected: Attempt[], got: Attempt[]): Check[] =>
  got.map(({ what, status }, index) => {
    return { of, what: `${where}, ${what}`, expected: expected[index]?.status, got: status }
  })

/** Adds a check for each group that at least one login succeeds. Otherwise two sides that refuse all would agree. */
function withEntries(checks: Check[]): Check[] {
  const groups = new Set(checks.map(({ of }) => of).filter((of) => !of.endsWith('unusable')))
  const entries = [...groups].map((of): Check => {
    const got = checks.some((check) => check.of === of && check.expected === 200)
    return { of, what: 'a login succeeds', expected: true, got }
  })
  return [...checks, ...entries]
}

async function post(side: Side, path: string, body: object): Promise<number> {
  const headers = new Headers({ 'content-type': 'application/json' })
  const answer = await side.send('POST', path, headers, JSON.stringify(body))
  await answer.arrayBuffer()
  return answer.status
}
