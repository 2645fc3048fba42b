// The activity of users between the two moves of the round trip: passwords, keys and tokens change, one user signs up, and one
// is deleted. Each step also updates the record of its person.

import { setTimeout as sleep } from 'node:timers/promises'
import type { Side } from '../play.ts'
import { type Credential, logIn, type Person, request } from './credentials.ts'

type Step = (here: Side, person: Person) => Promise<void>

/** @returns the people of the steps, the new user last */
export async function act(here: Side, people: Person[]): Promise<Person[]> {
  const able = people.filter(({ active, password }) => active && password !== null)
  const tokenKeepers = able.filter(
    (each) => each.keepsTokens && each.credentials.every(({ isValid }) => isValid),
  )
  const keyless = able.filter(({ credentials }) => credentials.length === 0)
  const keyed = able.filter(({ credentials }) => credentials.some(({ kind }) => kind === 'key'))
  const active: Person[] = []
  const each = async (from: Person[], step: Step) => {
    const person = from.shift()
    if (!person) throw new Error(`no person is left for ${step.name}`)
    await step(here, person)
    active.push(person)
  }
  await each(tokenKeepers, resetPassword)
  await each(tokenKeepers, changePassword)
  await each(tokenKeepers, blacklistDjangoToken)
  await each(tokenKeepers, blacklistOwnToken)
  await each(tokenKeepers, deleteAccount)
  await each(keyless, getKey)
  await each(keyless, getKeyAndLogOut)
  await each(keyed, logOut)
  return [...active, await signUp(here, Object.keys(people[0]?.login ?? {}).includes('email'))]
}

async function resetPassword(here: Side, person: Person) {
  const { email } = person
  person.password = 'reset: a pond of herons'
  await sendExpecting(here, 'POST /auth/users/reset_password/', 204, { email })
  const { uid, token } = await mailTo(here, email)
  const body = { uid, token, new_password: person.password }
  await sendExpecting(here, 'POST /auth/users/reset_password_confirm/', 204, body)
  for (const each of person.credentials) if (each.kind !== 'access token') each.isValid = false
  expireDjangoAccess(person)
}

async function changePassword(here: Side, person: Person) {
  const body = { current_password: person.password, new_password: 'changed: a pond of herons' }
  await sendExpecting(here, 'POST /auth/users/set_password/', 204, body, bearerOf(person))
  person.password = body.new_password
  expireDjangoAccess(person)
}

/** Access tokens without a session end with the password that they were issued for. */
function expireDjangoAccess({ credentials }: Person) {
  for (const each of credentials) {
    if (each.kind === 'access token' && each.by === 'Django') each.isRevokedHere = true
  }
}

const blacklistDjangoToken = (here: Side, person: Person) => blacklistToken(here, person, 'Django')
const blacklistOwnToken = (here: Side, person: Person) => blacklistToken(here, person, 'here')

async function blacklistToken(here: Side, person: Person, by: string) {
  const token = credentialOf(person, 'refresh token', by)
  await sendExpecting(here, 'POST /api/token/blacklist/', 200, { refresh: token.value })
  token.isValid = false
}

async function deleteAccount(here: Side, person: Person) {
  const body = { current_password: person.password }
  await sendExpecting(here, 'DELETE /auth/users/me/', 204, body, bearerOf(person))
  Object.assign(person, { active: false, isDeleted: true })
}

async function getKey(here: Side, person: Person) {
  const { login, password } = person
  const body = { ...login, password }
  const { auth_token } = await sendExpecting(here, 'POST /auth/token/login/', 200, body)
  person.credentials.push({ kind: 'key', by: 'here', value: String(auth_token), isValid: true })
}

async function getKeyAndLogOut(here: Side, person: Person) {
  await getKey(here, person)
  await logOut(here, person)
}

async function logOut(here: Side, person: Person) {
  const key = person.credentials.find(({ kind }) => kind === 'key')
  await sendExpecting(here, 'POST /auth/token/logout/', 204, undefined, `Token ${key?.value}`)
  if (key) key.isValid = false
}

async function signUp(here: Side, byEmail: boolean): Promise<Person> {
  const [username, email, password] = ['newcomer', 'newcomer@example.com', 'new: a pond of herons']
  const names = byEmail ? { first_name: 'New', last_name: 'Comer' } : { username }
  const { id } = await sendExpecting(here, 'POST /auth/users/', 201, { ...names, email, password })
  const person: Person = {
    ...{ id: id as number | string, number: 1, username, email, password },
    login: byEmail ? { email } : { username },
    ...{ active: true, keepsTokens: true, credentials: [] },
  }
  await logIn(here, 'here', person, password)
  return person
}

async function sendExpecting(
  here: Side,
  what: string,
  expected: number,
  json?: object,
  as?: string,
) {
  const { status, body } = await request(here, what, json, as)
  if (status !== expected) throw new Error(`${what}: ${status} ${JSON.stringify(body)}`)
  return body
}

const bearerOf = (person: Person) => `Bearer ${credentialOf(person, 'access token', 'here').value}`

function credentialOf({ username, credentials }: Person, kind: Credential['kind'], by: string) {
  const found = credentials.find((each) => each.kind === kind && each.by === by && each.isValid)
  if (!found) throw new Error(`${username} has no ${kind} of ${by}`)
  return found
}

/** Waits for an email, which is sent after the response. */
async function mailTo(here: Side, email: string) {
  for (let attempt = 0; attempt < 100; attempt++) {
    const mail = (await here.mail()).find(({ to }) => to === email)
    if (mail) return mail
    await sleep(100)
  }
  throw new Error(`No mail came to ${email}`)
}
