// Users of live Django, by each of its hashers, imported here: both are asked for the same log-ins. Then what
// stands here goes back to that Django, and both are asked again.

import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sqlOf } from '../../../tools/literals.ts'
import type { Side } from '../play.ts'
import type { Stack, Variant } from '../variants.ts'
import type { Check, Checked } from './checks.ts'
import { execute, importInto } from './d1.ts'
import { databaseOf, runInDjango, startDjango } from './django.ts'
import { folderIn, inPairs, noted, type Server, stop } from './processes.ts'
import { startWorker } from './worker.ts'

interface Person {
  email: string
  hasher: string
  password: string
  /** The digest by itself, where the hash is one or is wrapped around one. */
  bare?: string | null
}

const passwords = [
  'correct horse battery staple',
  'cafe\u0301 nai\u0308ve s\u0323\u0307',
  'правильная 密码 كلمة',
  '🐴🔋👩‍👩‍👧‍👦🏳️‍🌈',
  'x',
  '',
  ' \tblanks around\u00a0 ',
  '   ',
  'before\0after',
  'z'.repeat(72),
  '密'.repeat(30),
]

const variant: Variant = { login: 'email', DJOSER: {}, SIMPLE_JWT: {}, cors: {} }

export async function checkHashers(
  stack: Stack,
  database: string,
  folder: string,
): Promise<Checked> {
  const place = await folderIn(folder, `hashers.${stack}`)
  const servers: Server[] = []
  try {
    const [django, worker] = await Promise.all([
      startDjango(stack, variant, place).then((server) => noted(servers, server)),
      startWorker(stack, variant, database, place).then((server) => noted(servers, server)),
    ])
    const { people, lacking } = await makePeople(stack, place)
    await importInto(place, [databaseOf(place), '--user-model', 'accounts.UserAccount'])
    await insertBare(people, place)
    const there = await compare(`${stack} Django to here`, people, (person) => [
      [django, person.email],
      [worker, person.email],
      ...(person.bare ? ([[worker, bareOf(person.email)]] as const) : []),
    ])

    const newcomers = await signUp([django, worker], stack)
    const all = [...people, ...newcomers.people]
    await takeBack(stack, place)
    const back = await compare(`here to ${stack} Django`, all, (person) => [
      [worker, person.email],
      [django, backOf(person.email)],
      ...(person.bare ? ([[django, backOf(bareOf(person.email))]] as const) : []),
    ])
    const skipped = Object.entries(lacking).map(([name, why]) => `${stack} Django, ${name}: ${why}`)
    return { checks: [...there, ...newcomers.checks, ...back], skipped }
  } finally {
    await Promise.all(servers.map(({ child }) => stop(child)))
  }
}

const bareOf = (email: string) => `bare.${email}`
const backOf = (email: string) => `back.${email}`

async function makePeople(stack: Stack, place: string) {
  const [given, found] = [join(place, 'passwords.json'), join(place, 'people.json')]
  await writeFile(given, JSON.stringify(passwords))
  await runInDjango(stack, variant, place, ['hashed.py', 'make', given, found])
  return JSON.parse(await readFile(found, 'utf8')) as {
    people: Person[]
    lacking: Record<string, string>
  }
}

/** The import wraps them: here they stand as an earlier one left them. */
async function insertBare(people: Person[], place: string) {
  const rows = people.flatMap(({ email, bare }) => {
    const values = [bareOf(email), bareOf(email), bare ?? '', 'active', 0]
    return bare ? [`(${values.map(sqlOf).join(', ')})`] : []
  })
  const columns = '(email, email_key, password, status, date_joined)'
  await execute(place, `INSERT INTO users ${columns} VALUES ${rows.join(', ')}`)
}

/** Whoever both let sign up has a hash that was made here from the start. */
async function signUp([django, worker]: [Side, Side], stack: Stack) {
  const people = passwords.map((password, number) => {
    return { email: `new.${number}@example.com`, hasher: 'signed up', password }
  })
  const checks = await inPairs(people, async ({ email, hasher, password }): Promise<Check> => {
    const body = { email, first_name: 'New', last_name: 'User', password }
    const [expected, got] = await Promise.all(
      [django, worker].map((side) => post(side, '/auth/users/', body)),
    )
    return { of: `${stack} Django: ${hasher}`, what: JSON.stringify(password), expected, got }
  })
  return { people, checks }
}

async function takeBack(stack: Stack, place: string) {
  const rows = await execute(place, 'SELECT email, password AS encoded FROM users')
  const people = rows.map((row) => ({ ...row, email: backOf(String(row.email)) }))
  const given = join(place, 'back.json')
  await writeFile(given, JSON.stringify(people))
  await runInDjango(stack, variant, place, ['hashed.py', 'take', given])
}

type Account = readonly [Side, string]

/** The first of a person's accounts is what the others are held against. */
async function compare(
  way: string,
  people: Person[],
  accountsOf: (person: Person) => Account[],
): Promise<Check[]> {
  const checks = await inPairs(people, async (person): Promise<Check[]> => {
    const of = `${way}: ${person.hasher}`
    const [expected = [], ...others] = await Promise.all(
      accountsOf(person).map((account) => attempts(account, person.password)),
    )
    return others.flatMap((attempts) =>
      attempts.map(({ what, status }, index) => {
        return { of, what, expected: expected[index]?.status, got: status }
      }),
    )
  })
  return [...checks.flat(), ...entriesIn(checks.flat())]
}

/** That nobody gets in on either side would be no agreement. */
function entriesIn(checks: Check[]): Check[] {
  const groups = new Set(checks.map(({ of }) => of).filter((of) => !of.endsWith('unusable')))
  return [...groups].map((of) => {
    const got = checks.some((check) => check.of === of && check.expected === 200)
    return { of, what: 'somebody gets in', expected: true, got }
  })
}

/** Only DRF's own log-in takes a password with the blanks around it. */
async function attempts([side, email]: Account, password: string) {
  const tried = [...new Set([`${password}!`, twisted(password), password])]
  const asked = [
    ...tried.map(
      (attempt) => ['/api-token-auth/', { username: email, password: attempt }] as const,
    ),
    ['/auth/jwt/create/', { email, password }] as const,
  ]
  const found: { what: string; status: number }[] = []
  for (const [path, body] of asked) {
    const what = `${email}, ${JSON.stringify(body.password)} at ${path}`
    found.push({ what, status: await post(side, path, body) })
  }
  return found
}

/** What a careless hasher would take for the same. */
function twisted(password: string): string {
  const alike = [password.normalize('NFC'), password.trim(), password.replace(/\0.*/, '')]
  return alike.find((other) => other !== password) ?? password.slice(0, -1)
}

async function post(side: Side, path: string, body: object): Promise<number> {
  const headers = new Headers({ 'content-type': 'application/json' })
  const answer = await side.send('POST', path, headers, JSON.stringify(body))
  await answer.arrayBuffer()
  return answer.status
}
