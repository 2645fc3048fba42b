// The round trip: users of live Django move here with all their credentials, are active here for a while, and move into a new
// Django. A thousand of Django's own users, then two hundred whose ids are UUIDs.

import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Side } from '../play.ts'
import type { Stack, Variant } from '../variants.ts'
import { act } from './activity.ts'
import { allOf, type Check, type Checked, hasFailed } from './checks.ts'
import { checkCredentials, logIn, type Person, type Place, request } from './credentials.ts'
import { exportFrom, importInto } from './d1.ts'
import { databaseOf, runInDjango, startDjango } from './django.ts'
import { folderIn, inPairs, type Server, stop, track } from './processes.ts'
import { makeEmptyDatabase, startWorker } from './worker.ts'

interface Move {
  name: string
  variant: Variant
  /** The options of the import and the export. */
  options: string[]
  importOptions: string[]
  exportOptions: string[]
}

const defaults = { DJOSER: {}, SIMPLE_JWT: {}, cors: {} }
const numbers: Move = {
  name: 'roundtrip',
  variant: { login: 'username', ...defaults },
  options: ['--var', 'LOGIN_FIELD:username'],
  importOptions: [],
  exportOptions: [],
}
const uuids: Move = {
  name: 'roundtrip-uuid',
  variant: { login: 'email', pk: 'uuid', ...defaults },
  options: ['--var', 'USER_PK:uuid', '--mapping', join(import.meta.dirname, 'mapping.json')],
  importOptions: ['--user-model', 'accounts.UserAccount'],
  exportOptions: ['--model', 'accounts.UserAccount'],
}

/** Runs with the newer stack only; hashers.ts checks the hashes of the older one. */
export async function checkRoundTrip(stacks: Stack[], folder: string): Promise<Checked> {
  if (!stacks.includes('new'))
    return { checks: [], skipped: ['the round trip: it requires the new stack'] }
  const both = await inPairs([numbers, uuids], (move) => moveThereAndBack(move, folder))
  return allOf(both)
}

async function moveThereAndBack(move: Move, folder: string): Promise<Checked> {
  const { name, variant, options, importOptions, exportOptions } = move
  const place = await folderIn(folder, name)
  const servers: Server[] = []
  try {
    const [old, worker] = await Promise.all([
      startDjango('new', variant, place).then((server) => track(servers, server)),
      makeEmptyDatabase(place)
        .then((database) => startWorker('new', variant, database, place))
        .then((server) => track(servers, server)),
    ])
    const people = await populate(old, variant, place)
    await stop(old.child)

    await importInto(place, [databaseOf(place), ...options, ...importOptions])
    const here = { side: worker, by: 'here', toDeletedUser: '401' } as const
    const moved = await checkAll({ ...here, where: `${name}, here` }, people)
    if (moved.some(hasFailed))
      return { checks: moved, skipped: ['the round trip: it stopped after the import'] }

    const active = await act(worker, people)
    const later = await checkAll({ ...here, where: `${name}, here, later` }, active)

    const fixtures = await exportFrom(place, [
      ...[...options, ...exportOptions],
      ...['--keys', databaseOf(place)],
    ])
    const there = await folderIn(place, 'back')
    const home = track(servers, await startDjango('new', variant, there))
    await load(variant, there, fixtures)
    const everyone = [...new Set([...people, ...active])]
    // Simple JWT 5.5 does not catch the error of a missing user.
    const last = { side: home, by: 'home', where: `${name}, home`, toDeletedUser: '500' } as const
    const back = await checkAll(last, everyone)
    return { checks: [...moved, ...later, ...back], skipped: [] }
  } finally {
    await Promise.all(servers.map(({ child }) => stop(child)))
  }
}

/** Creates people with keys. Some have tokens of that Django, and some of these tokens are blacklisted there. */
async function populate(django: Side, variant: Variant, place: string): Promise<Person[]> {
  const found = join(place, 'people.json')
  await runInDjango('new', variant, place, ['roundtrip.py', 'people', found])
  const made: (Person & { key: string | null; holder: boolean })[] = JSON.parse(
    await readFile(found, 'utf8'),
  )
  const people = await inPairs(made, async ({ key, holder, ...rest }): Promise<Person> => {
    const person: Person = { ...rest, keepsTokens: holder, credentials: [] }
    if (key) person.credentials.push({ kind: 'key', by: 'Django', value: key, isValid: true })
    if (person.keepsTokens) await logIn(django, 'Django', person, person.password ?? '')
    if (person.number % 3 === 0) await blacklistTokens(django, person)
    return person
  })
  await runInDjango('new', variant, place, ['roundtrip.py', 'hash'])
  return people
}

async function blacklistTokens(django: Side, { credentials }: Person) {
  for (const token of credentials.filter(({ kind }) => kind === 'refresh token')) {
    const { status } = await request(django, 'POST /api/token/blacklist/', { refresh: token.value })
    if (status !== 200) throw new Error(`POST /api/token/blacklist/: ${status}`)
    token.isValid = false
  }
}

const checkAll = async (place: Place, people: Person[]): Promise<Check[]> =>
  (await inPairs(people, (person) => checkCredentials(place, person))).flat()

async function load(variant: Variant, place: string, fixtures: string) {
  const files = (await readdir(fixtures)).map((name) => join(fixtures, name))
  await runInDjango('new', variant, place, ['-m', 'django', 'flush', '--no-input'])
  await runInDjango('new', variant, place, ['-m', 'django', 'loaddata', ...files])
}
