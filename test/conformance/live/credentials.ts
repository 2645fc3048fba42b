// The credentials of a person on either side (password, key, tokens), and checks of whether they work.

import type { Side } from '../play.ts'
import type { Check } from './checks.ts'

export interface Person {
  id: number | string
  /** Decides what happens to the person. */
  number: number
  username: string
  email: string
  /** The field and the name that they log in with. */
  login: { username: string } | { email: string }
  /** null: an unusable password. */
  password: string | null
  active: boolean
  isDeleted?: boolean
  /** Whether their tokens are kept. */
  keepsTokens: boolean
  credentials: Credential[]
}

export interface Credential {
  kind: 'key' | 'access token' | 'refresh token'
  by: string
  value: string
  /** Whether it is valid. */
  isValid: boolean
  /** A new password revoked it here. In Django it is valid again, until it expires. */
  isRevokedHere?: boolean
}

export interface Place {
  side: Side
  /** The issuer of the tokens, and the name of the place in the report. */
  by: string
  where: string
  /** The response to a refresh token of a deleted user. */
  toDeletedUser: '401' | '500'
}

/** Tries all credentials that the person has or had; then the password, whose tokens are kept for some people. */
export async function checkCredentials(place: Place, person: Person): Promise<Check[]> {
  const checks: Check[] = []
  for (const credential of person.credentials) {
    checks.push(await checkCredential(place, person, credential))
  }
  checks.push(await checkPassword(place, person))
  return person.number % 16 === 1
    ? [...checks, await checkPassword(place, person, 'wrong')]
    : checks
}

async function checkCredential(place: Place, person: Person, credential: Credential) {
  const { kind, by, isValid, isRevokedHere } = credential
  const isRefresh = kind === 'refresh token'
  const isAllowed = person.active && isValid && !(isRevokedHere && place.by === 'here')
  const refusal = isRefresh && person.isDeleted ? place.toDeletedUser : '401'
  return {
    of: `${place.where}: ${kind} of ${by}${isAllowed ? '' : ', revoked'}`,
    what: JSON.stringify(person.username),
    expected: isAllowed ? `200 ${isRefresh ? 'access' : person.id}` : refusal,
    got: await tryCredential(place.side, credential),
  }
}

async function checkPassword(place: Place, person: Person, wrong = '') {
  const { active, password } = person
  const isAllowed = active && password !== null && !wrong
  return {
    of: `${place.where}: ${wrong && `${wrong} `}password${isAllowed || wrong ? '' : ', refused'}`,
    what: JSON.stringify(person.username),
    expected: isAllowed ? 200 : 401,
    got: await logIn(place.side, place.by, person, `${password}${wrong}`),
  }
}

async function tryCredential(side: Side, { kind, value }: Credential): Promise<string> {
  const scheme = kind === 'key' ? 'Token' : 'Bearer'
  const { status, body } =
    kind === 'refresh token'
      ? await request(side, 'POST /auth/jwt/refresh/', { refresh: value })
      : await request(side, 'GET /auth/users/me/', undefined, `${scheme} ${value}`)
  return status === 200 ? `200 ${body.id ?? Object.keys(body)}` : String(status)
}

export async function logIn(side: Side, by: string, person: Person, password: string) {
  const { login, keepsTokens, credentials } = person
  const sent = { ...login, password }
  const { status, body } = await request(side, 'POST /auth/jwt/create/', sent)
  if (status === 200 && keepsTokens) {
    const { access, refresh } = body as { access: string; refresh: string }
    credentials.push(
      { kind: 'access token', by, value: access, isValid: true },
      { kind: 'refresh token', by, value: refresh, isValid: true },
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
