// Log-ins: begun, refreshed, ended by their owner, by a thief or by staff.

import { decodeJwt } from 'jose'
import { expect } from 'vitest'
import { begin, blacklist, end, endOthers, enter, logOut, refresh } from './effects.ts'
import { type Model, type Refresh, refused, said } from './model.ts'
import { type Answer, authorization, outcome, type World } from './setup.ts'
import {
  calling,
  hasRefresh,
  hasSession,
  issue,
  newest,
  refreshesOf,
  sessionOf,
  step,
  withPassword,
} from './steps.ts'

/** With the right password, if none is given. */
export const logIn = (given: string | undefined) =>
  step(`log in ${withPassword(given)}`, async (model, { api, email }) => {
    const password = given ?? model.password
    const foretold = enter(model, password)
    const answer = await api.post('/auth/jwt/create/', { email, password })
    expect(outcome(answer)).toEqual(foretold)
    if (foretold.status === 200) {
      issue(model, begin(model, String(decodeJwt(answer.body.access).sid)), answer.body)
    }
  })

/** One refresh token sent so many times at once: as if one after the other, in whatever order. */
export async function refreshAtOnce(model: Model, { api }: World, token: Refresh, times: number) {
  const send = () => api.post('/auth/jwt/refresh/', { refresh: token.text })
  const answers = await Promise.all(Array.from({ length: times }, send))
  const isChanged = (answer: Answer) => outcome(answer).said === said.changed
  const inOrder = answers.sort(
    (one, other) => one.status - other.status || +isChanged(other) - +isChanged(one),
  )
  for (const answer of inOrder) {
    const { issues, known, ...foretold } = refresh(model, token)
    // Where one is told of the new password, so may all be that were under way.
    const isOneOfMany = isChanged(answer) && isChanged(inOrder[0] as Answer)
    expect(outcome(answer)).toEqual(isOneOfMany ? refused(said.changed) : foretold)
    if (!issues) continue
    expect(Object.keys(answer.body).sort()).toEqual(
      issues === 'pair' ? ['access', 'refresh'] : ['access'],
    )
    if (known) expect(answer.body.refresh).toBe(known.text)
    else issue(model, token.session, answer.body)
  }
}

export const refreshWith = (at: number, times: number) =>
  step(
    `refresh ${times} times with the token at ${at}`,
    (model, world) => refreshAtOnce(model, world, newest(refreshesOf(model), at), times),
    hasRefresh,
  )

export const blacklistWith = (at: number) =>
  step(
    `blacklist the token at ${at}`,
    async (model, { api }) => {
      const token = newest(refreshesOf(model), at)
      const foretold = blacklist(model, token)
      expect(outcome(await api.post('/api/token/blacklist/', { refresh: token.text }))).toEqual(
        foretold,
      )
    },
    hasRefresh,
  )

export const logOutWith = (at: number) =>
  step(
    `log out with the refresh token at ${at}`,
    async (model, { api }) => {
      const token = newest(refreshesOf(model), at)
      const foretold = logOut(model, token)
      expect(outcome(await api.post('/auth/jwt/logout/', { refresh: token.text }))).toEqual(
        foretold,
      )
    },
    hasRefresh,
  )

export const logOutAs = (at: number) =>
  calling(
    'log out',
    at,
    ({ api }, caller) => api.post('/auth/jwt/logout/', {}, authorization(caller)),
    (model, caller) => {
      const session = sessionOf(caller)
      if (!session) return { status: 400 }
      end(model, session, 'session_revoked logged_out')
      return { status: 204 }
    },
  )

export const endOne = (at: number, which: number) =>
  calling(
    `end the session at ${which}`,
    at,
    ({ api }, caller, { sessions }) =>
      api.delete(`/auth/sessions/${newest(sessions, which).id}/`, undefined, authorization(caller)),
    (model) =>
      end(model, newest(model.sessions, which), 'session_revoked user')
        ? { status: 204 }
        : { status: 404, said: 'Not found.' },
    hasSession,
  )

export const endAllOthers = (at: number) =>
  calling(
    'end all others',
    at,
    ({ api }, caller) => api.delete('/auth/sessions/', undefined, authorization(caller)),
    (model, caller) => {
      const kept = sessionOf(caller)
      const endsKey = caller.kind !== 'key' && model.key !== undefined
      const endsSession = model.sessions.some((each) => !each.ended && each !== kept)
      model.version++
      endOthers(model, kept)
      if (endsKey) model.key = undefined
      if (endsKey || endsSession) model.events.push('session_revoked all_others')
      return { status: 204 }
    },
  )

export const endAsStaff = (which: number) =>
  step(
    `end the session at ${which} as staff`,
    async (model, { staff }) => {
      const session = newest(model.sessions, which)
      const path = `/auth/sessions/${session.id}/`
      const { status } = await staff.api.delete(path, undefined, { token: staff.access })
      expect(status).toBe(end(model, session, 'session_revoked by_staff') ? 204 : 404)
    },
    hasSession,
  )

export const endAllAsStaff = step('end all as staff', async (model, { id, staff }) => {
  const path = `/auth/sessions/?user=${id}`
  const { status } = await staff.api.delete(path, undefined, { token: staff.access })
  expect(status).toBe(204)
  model.version++
  model.key = undefined
  endOthers(model)
  model.events.push('session_revoked all_others')
})
