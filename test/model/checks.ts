// Checks tokens against the model without using them up.

import { env } from 'cloudflare:workers'
import { expect } from 'vitest'
import { accessOutcome, activeSessions, type Model, type Token, verifyOutcome } from './model.ts'
import { authorization, outcome, type Setup } from './setup.ts'

/** After each step: checks one token, another each time, and sometimes the list of sessions. */
export async function checkSome(model: Model, setup: Setup) {
  const { tokens, now } = model
  const picked = tokens[Math.floor(now * 0.618) % tokens.length]
  await Promise.all([
    picked && checkToken(model, setup, picked),
    now % 4 === 0 && checkList(model, setup),
  ])
}

/** At the end: checks everything. */
export async function checkAll(model: Model, setup: Setup) {
  await Promise.all([
    ...model.tokens.map((token) => checkToken(model, setup, token)),
    checkList(model, setup),
    checkEvents(model, setup),
  ])
}

async function checkList(model: Model, { id, staff }: Setup) {
  const { body } = await staff.api.get(`/auth/sessions/?user=${id}`, { token: staff.access })
  expect(body.map((session: { id: string }) => session.id)).toEqual(
    activeSessions(model).map((session) => session.id),
  )
}

async function checkToken(model: Model, { api }: Setup, token: Token) {
  const answer =
    token.kind === 'refresh'
      ? await api.post('/auth/jwt/verify/', { token: token.text })
      : await api.get('/auth/users/me/', authorization(token))
  const expected =
    token.kind === 'refresh' ? verifyOutcome(model, token) : accessOutcome(model, token)
  expect(outcome(answer), `${token.kind} token`).toEqual(expected)
}

/** Checks the security events: each once, and the number of failed logins. */
async function checkEvents({ events, failures }: Model, { id }: Setup) {
  const query = 'select type, detail, count from security_events where user_id = ? order by id'
  const { results } = await env.DB.prepare(query).bind(id).all<EventRow>()
  const failed = results.filter(({ type }) => type === 'login_failed')
  expect(failed.reduce((sum, { count }) => sum + count, 0)).toBe(failures)
  const others = results.filter(({ type }) => type !== 'login_failed')
  expect(others.map(({ type, detail }) => [type, detail].filter(Boolean).join(' '))).toEqual(events)
}

interface EventRow {
  type: string
  detail: string | null
  count: number
}
