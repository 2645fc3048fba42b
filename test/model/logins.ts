// Steps on logins: logging in, refreshing, and revoking by the owner, an attacker or staff.

import { decodeJwt } from 'jose'
import { expect } from 'vitest'
import {
  blacklist,
  checkLogin,
  logOut,
  refresh,
  revoke,
  revokeOthers,
  startSession,
} from './effects.ts'
import { type Model, type Refresh, sentences, unauthorized } from './model.ts'
import { type Answer, authorization, outcome, type Setup } from './setup.ts'
import {
  hasRefresh,
  hasSession,
  issue,
  pick,
  refreshesOf,
  sessionOf,
  step,
  stepAs,
  withPassword,
} from './steps.ts'

/** Logs in; `given` undefined means the right password. */
export const logIn = (given: string | undefined) =>
  step(`log in ${withPassword(given)}`, async (model, { api, email }) => {
    const password = given ?? model.password
    const expected = checkLogin(model, password)
    const answer = await api.post('/auth/jwt/create/', { email, password })
    expect(outcome(answer)).toEqual(expected)
    if (expected.status === 200) {
      issue(model, startSession(model, String(decodeJwt(answer.body.access).sid)), answer.body)
    }
  })

/** Sends one refresh token several times at once. The responses must be those of some order of the requests. */
export async function refreshAtOnce(model: Model, { api }: Setup, token: Refresh, times: number) {
  const send = () => api.post('/auth/jwt/refresh/', { refresh: token.text })
  const answers = await Promise.all(Array.from({ length: times }, send))
  const isPasswordChanged = (answer: Answer) => outcome(answer).sentence === sentences.changed
  const inOrder = answers.sort(
    (one, other) =>
      one.status - other.status || +isPasswordChanged(other) - +isPasswordChanged(one),
  )
  for (const answer of inOrder) {
    const { issues, repeated, ...expected } = refresh(model, token)
    // If one response says that the password was changed, all concurrent ones may say so.
    const isOneOfMany = isPasswordChanged(answer) && isPasswordChanged(inOrder[0] as Answer)
    expect(outcome(answer)).toEqual(isOneOfMany ? unauthorized(sentences.changed) : expected)
    if (!issues) continue
    expect(Object.keys(answer.body).sort()).toEqual(
      issues === 'pair' ? ['access', 'refresh'] : ['access'],
    )
    if (repeated) expect(answer.body.refresh).toBe(repeated.text)
    else issue(model, token.session, answer.body)
  }
}

export const refreshWith = (at: number, times: number) =>
  step(
    `refresh ${times} times with the token at ${at}`,
    (model, setup) => refreshAtOnce(model, setup, pick(refreshesOf(model), at), times),
    hasRefresh,
  )

export const blacklistWith = (at: number) =>
  step(
    `blacklist the token at ${at}`,
    async (model, { api }) => {
      const token = pick(refreshesOf(model), at)
      const expected = blacklist(model, token)
      expect(outcome(await api.post('/api/token/blacklist/', { refresh: token.text }))).toEqual(
        expected,
      )
    },
    hasRefresh,
  )

export const logOutWith = (at: number) =>
  step(
    `log out with the refresh token at ${at}`,
    async (model, { api }) => {
      const token = pick(refreshesOf(model), at)
      const expected = logOut(model, token)
      expect(outcome(await api.post('/auth/jwt/logout/', { refresh: token.text }))).toEqual(
        expected,
      )
    },
    hasRefresh,
  )

export const logOutAs = (at: number) =>
  stepAs(
    'log out',
    at,
    ({ api }, caller) => api.post('/auth/jwt/logout/', {}, authorization(caller)),
    (model, caller) => {
      const session = sessionOf(caller)
      if (!session) return { status: 400 }
      revoke(model, session, 'session_revoked logged_out')
      return { status: 204 }
    },
  )

export const revokeOne = (at: number, which: number) =>
  stepAs(
    `revoke the session at ${which}`,
    at,
    ({ api }, caller, { sessions }) =>
      api.delete(`/auth/sessions/${pick(sessions, which).id}/`, undefined, authorization(caller)),
    (model) =>
      revoke(model, pick(model.sessions, which), 'session_revoked user')
        ? { status: 204 }
        : { status: 404, sentence: 'Not found.' },
    hasSession,
  )

export const revokeAllOthers = (at: number) =>
  stepAs(
    'revoke all others',
    at,
    ({ api }, caller) => api.delete('/auth/sessions/', undefined, authorization(caller)),
    (model, caller) => {
      const kept = sessionOf(caller)
      const deletesKey = caller.kind !== 'key' && model.key !== undefined
      const revokesSession = model.sessions.some((each) => !each.revoked && each !== kept)
      model.version++
      revokeOthers(model, kept)
      if (deletesKey) model.key = undefined
      if (deletesKey || revokesSession) model.events.push('session_revoked all_others')
      return { status: 204 }
    },
  )

export const revokeAsStaff = (which: number) =>
  step(
    `revoke the session at ${which} as staff`,
    async (model, { staff }) => {
      const session = pick(model.sessions, which)
      const path = `/auth/sessions/${session.id}/`
      const { status } = await staff.api.delete(path, undefined, { token: staff.access })
      expect(status).toBe(revoke(model, session, 'session_revoked by_staff') ? 204 : 404)
    },
    hasSession,
  )

export const revokeAllAsStaff = step('revoke all as staff', async (model, { id, staff }) => {
  const path = `/auth/sessions/?user=${id}`
  const { status } = await staff.api.delete(path, undefined, { token: staff.access })
  expect(status).toBe(204)
  model.version++
  model.key = undefined
  revokeOthers(model)
  model.events.push('session_revoked all_others')
})
