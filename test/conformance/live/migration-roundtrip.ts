// The drill: a thousand users of live Django move here with all that opens a door, live here for a while, and
// move into a new Django.

import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Side } from '../play.ts'
import type { Stack, Variant } from '../variants.ts'
import { live } from './activity.ts'
import { type Check, type Checked, isRefuted } from './checks.ts'
import { checkDoors, logIn, type Person, type Place, request } from './credentials.ts'
import { exportFrom, importInto } from './d1.ts'
import { databaseOf, runInDjango, startDjango } from './django.ts'
import { folderIn, inPairs, noted, type Server, stop } from './processes.ts'
import { makeEmptyDatabase, startWorker } from './worker.ts'

const variant: Variant = { login: 'username', DJOSER: {}, SIMPLE_JWT: {}, cors: {} }
const byUsername = ['--var', 'LOGIN_FIELD:username']

/** With the newer stack alone: what the older's hashers made, hashers.ts looks at. */
export async function checkDrill(stacks: Stack[], folder: string): Promise<Checked> {
  if (!stacks.includes('new')) return { checks: [], skipped: ['the drill: it wants the new stack'] }
  const place = await folderIn(folder, 'drill')
  const servers: Server[] = []
  try {
    const [old, worker] = await Promise.all([
      startDjango('new', variant, place).then((server) => noted(servers, server)),
      makeEmptyDatabase(place)
        .then((database) => startWorker('new', variant, database, place))
        .then((server) => noted(servers, server)),
    ])
    const people = await populate(old, place)
    await stop(old.child)

    await importInto(place, [databaseOf(place), ...byUsername])
    const here = { side: worker, by: 'here', toNobody: '401' } as const
    const moved = await checkAll({ ...here, where: 'here' }, people)
    if (moved.some(isRefuted)) return { checks: moved, skipped: ['the drill: it ended here'] }

    const lived = await live(worker, people)
    const later = await checkAll({ ...here, where: 'here, later' }, lived)

    const fixtures = await exportFrom(place, [...byUsername, '--keys', databaseOf(place)])
    const there = await folderIn(place, 'back')
    const home = noted(servers, await startDjango('new', variant, there))
    await load(there, fixtures)
    const everybody = [...new Set([...people, ...lived])]
    // Simple JWT 5.5 does not catch that there is no such user.
    const last = { side: home, by: 'home', where: 'home', toNobody: '500' } as const
    const back = await checkAll(last, everybody)
    return { checks: [...moved, ...later, ...back], skipped: [] }
  } finally {
    await Promise.all(servers.map(({ child }) => stop(child)))
  }
}

/** People with keys; some have tokens of that Django, of which some are ended there. */
async function populate(django: Side, place: string): Promise<Person[]> {
  const found = join(place, 'people.json')
  await runInDjango('new', variant, place, ['drill.py', 'people', found])
  const made: (Person & { key: string | null })[] = JSON.parse(await readFile(found, 'utf8'))
  const people = await inPairs(made, async ({ key, ...rest }): Promise<Person> => {
    const person: Person = { ...rest, credentials: [] }
    if (key) person.credentials.push({ kind: 'key', by: 'Django', value: key, good: true })
    if (person.holder) await logIn(django, 'Django', person, person.password ?? '')
    if (person.id % 3 === 0) await endTokens(django, person)
    return person
  })
  await runInDjango('new', variant, place, ['drill.py', 'hash'])
  return people
}

async function endTokens(django: Side, { credentials }: Person) {
  for (const token of credentials.filter(({ kind }) => kind === 'refresh token')) {
    const { status } = await request(django, 'POST /api/token/blacklist/', { refresh: token.value })
    if (status !== 200) throw new Error(`POST /api/token/blacklist/: ${status}`)
    token.good = false
  }
}

const checkAll = async (place: Place, people: Person[]): Promise<Check[]> =>
  (await inPairs(people, (person) => checkDoors(place, person))).flat()

async function load(place: string, fixtures: string) {
  const files = (await readdir(fixtures)).map((name) => join(fixtures, name))
  await runInDjango('new', variant, place, ['-m', 'django', 'flush', '--no-input'])
  await runInDjango('new', variant, place, ['-m', 'django', 'loaddata', ...files])
}
