// What opens a door on either side, passwords, keys and tokens, and whether it does.

import type { Side } from '../play.ts'
import type { Check } from './checks.ts'

export interface Person {
  id: number
  username: string
  email: string
  /** null: unusable. */
  password: string | null
  active: boolean
  isGone?: boolean
  /** Whether his tokens are kept. */
  holder: boolean
  credentials: Credential[]
}

export interface Credential {
  kind: 'key' | 'access token' | 'refresh token'
  by: string
  value: string
  /** Not ended. */
  good: boolean
  /** A new password ended it here. In Django it is good again, until it expires. */
  isEndedHere?: boolean
}

export interface Place {
  side: Side
  /** Whose tokens these are, and how the place is called in the report. */
  by: string
  where: string
  /** What it answers to a refresh token of who is gone. */
  toNobody: '401' | '500'
}

/** Tries all that he has or had; then his password, and of holders the tokens are kept. */
export async function checkDoors(place: Place, person: Person): Promise<Check[]> {
  const checks: Check[] = []
  for (const credential of person.credentials) {
    checks.push(await checkCredential(place, person, credential))
  }
  checks.push(await checkPassword(place, person))
  return person.id % 16 === 1 ? [...checks, await checkPassword(place, person, 'wrong')] : checks
}

async function checkCredential(place: Place, person: Person, credential: Credential) {
  const { kind, by, good, isEndedHere } = credential
  const isRefresh = kind === 'refresh token'
  const isIn = person.active && good && !(isEndedHere && place.by === 'here')
  const refusal = isRefresh && person.isGone ? place.toNobody : '401'
  return {
    of: `drill, ${place.where}: ${kind} of ${by}${isIn ? '' : ', ended'}`,
    what: JSON.stringify(person.username),
    expected: isIn ? `200 ${isRefresh ? 'access' : person.id}` : refusal,
    got: await tried(place.side, credential),
  }
}

async function checkPassword(place: Place, person: Person, wrong = '') {
  const { active, password } = person
  const isIn = active && password !== null && !wrong
  return {
    of: `drill, ${place.where}: ${wrong && `${wrong} `}password${isIn || wrong ? '' : ', shut out'}`,
    what: JSON.stringify(person.username),
    expected: isIn ? 200 : 401,
    got: await logIn(place.side, place.by, person, `${password}${wrong}`),
  }
}

async function tried(side: Side, { kind, value }: Credential): Promise<string> {
  const scheme = kind === 'key' ? 'Token' : 'Bearer'
  const { status, body } =
    kind === 'refresh token'
      ? await request(side, 'POST /auth/jwt/refresh/', { refresh: value })
      : await request(side, 'GET /auth/users/me/', undefined, `${scheme} ${value}`)
  return status === 200 ? `200 ${body.id ?? Object.keys(body)}` : String(status)
}

export async function logIn(side: Side, by: string, person: Person, password: string) {
  const { username, holder, credentials } = person
  const { status, body } = await request(side, 'POST /auth/jwt/create/', { username, password })
  if (status === 200 && holder) {
    const { access, refresh } = body as { access: string; refresh: string }
    credentials.push(
      { kind: 'access token', by, value: access, good: true },
      { kind: 'refresh token', by, value: refresh, good: true },
    )
  }
  return status
}

export async function request(side: Side, what: string, json?: object, authorization?: string) {
  const [method = '', path = ''] = what.split(' ')
  const headers = new Headers(json ? { 'content-type': 'application/json' } : {})
  if (authorization) headers.set('authorization', authorization)
  const answer = await side.send(method, path, headers, json && JSON.stringify(json))
  const text = await answer.text()
  const body: Record<string, unknown> = text.startsWith('{') ? JSON.parse(text) : {}
  return { status: answer.status, body }
}
