// Looks at tokens without using them, and in the end at every one by using it.

import { env } from 'cloudflare:workers'
import { expect } from 'vitest'
import { livingSessions, type Model, type Token, verdict, verifies } from './model.ts'
import { authorization, outcome, type World } from './setup.ts'

/** After each step: one of the tokens, another each time, and now and then the list of log-ins. */
export async function probe(model: Model, world: World) {
  const { tokens, now } = model
  const picked = tokens[Math.floor(now * 0.618) % tokens.length]
  await Promise.all([
    picked && look(model, world, picked),
    now % 4 === 0 && checkList(model, world),
  ])
}

/** In the end: everything. */
export async function probeAll(model: Model, world: World) {
  await Promise.all([
    ...model.tokens.map((token) => look(model, world, token)),
    checkList(model, world),
    checkEvents(model, world),
  ])
}

async function checkList(model: Model, { id, staff }: World) {
  const { body } = await staff.api.get(`/auth/sessions/?user=${id}`, { token: staff.access })
  expect(body.map((session: { id: string }) => session.id)).toEqual(
    livingSessions(model).map((session) => session.id),
  )
}

async function look(model: Model, { api }: World, token: Token) {
  const answer =
    token.kind === 'refresh'
      ? await api.post('/auth/jwt/verify/', { token: token.text })
      : await api.get('/auth/users/me/', authorization(token))
  const foretold = token.kind === 'refresh' ? verifies(model, token) : verdict(model, token)
  expect(outcome(answer), `${token.kind} token`).toEqual(foretold)
}

/** What is told of it all: each event once, and the failures by their number. */
async function checkEvents({ events, failures }: Model, { id }: World) {
  const query = 'select type, detail, count from security_events where user_id = ? order by id'
  const { results } = await env.DB.prepare(query).bind(id).all<Told>()
  const failed = results.filter(({ type }) => type === 'login_failed')
  expect(failed.reduce((sum, { count }) => sum + count, 0)).toBe(failures)
  const others = results.filter(({ type }) => type !== 'login_failed')
  expect(others.map(({ type, detail }) => [type, detail].filter(Boolean).join(' '))).toEqual(events)
}

interface Told {
  type: string
  detail: string | null
  count: number
}
