// The account: its password, mailed links, the authtoken key, sliding tokens, and whether it is shut.

import { decodeJwt } from 'jose'
import { expect } from 'vitest'
import { endOthers, enter, isGoodLink, setPassword, setStatus, slide } from './effects.ts'
import { isExpired, lifetimes, type Model, refused, type Sliding, said } from './model.ts'
import { authorization, outcome, pass } from './setup.ts'
import { calling, hasSliding, newest, sessionOf, slidingOf, step, withPassword } from './steps.ts'

export const changePassword = (at: number, given: string | undefined, next: string) =>
  calling(
    `change the password ${withPassword(given)} to "${next}"`,
    at,
    ({ api }, caller, { password }) => {
      const sent = { current_password: given ?? password, new_password: next }
      return api.post('/auth/users/set_password/', sent, authorization(caller))
    },
    (model, caller) => {
      if ((given ?? model.password) !== model.password)
        return { status: 400, said: said.wrongPassword }
      setPassword(model, next, 'set')
      if (model.rules.logoutOnChange) {
        endOthers(model, sessionOf(caller))
        model.key = undefined
      }
      return { status: 204 }
    },
  )

export const askForLink = step('ask for a reset', async (model, { api, email }) => {
  pass(model, 1000) // MAIL_COOLDOWN
  expect((await api.post('/auth/users/reset_password/', { email })).status).toBe(204)
  const [mail] = await api.mail(email)
  if (model.disabled) return
  const { stamp, now } = model
  model.links.push({ uid: mail.uid, token: mail.token, stamp, madeAt: now })
})

export const reset = (at: number, next: string) =>
  step(
    `reset the password to "${next}" by the link at ${at}`,
    async (model, { api }) => {
      const link = newest(model.links, at)
      const { uid, token } = link
      const sent = { uid, token, new_password: next }
      const answer = await api.post('/auth/users/reset_password_confirm/', sent)
      if (!isGoodLink(model, link)) {
        expect(outcome(answer)).toEqual({ status: 400, said: 'Invalid token for given user.' })
        return
      }
      expect(answer.status).toBe(204)
      setPassword(model, next, 'reset')
      endOthers(model)
      model.key = undefined
    },
    ({ links }) => links.length > 0,
  )

export const getKey = (given: string | undefined) =>
  step(`get the key ${withPassword(given)}`, async (model, { api, email }) => {
    const password = given ?? model.password
    const { status } = enter(model, password)
    const answer = await api.post('/auth/token/login/', { email, password })
    expect(answer.status).toBe(status === 200 ? 200 : 400)
    if (status !== 200) return
    const { auth_token: text } = answer.body
    if (model.key) expect(text).toBe(model.key)
    else model.tokens.push({ kind: 'key', text })
    model.key = text
    model.events.push('login authtoken')
  })

export const endKey = (at: number) =>
  calling(
    'end the key',
    at,
    ({ api }, caller) => api.post('/auth/token/logout/', undefined, authorization(caller)),
    (model) => {
      model.key = undefined
      return { status: 204 }
    },
  )

export const slideIn = (given: string | undefined) =>
  step(`get a sliding token ${withPassword(given)}`, async (model, { api, email }) => {
    const password = given ?? model.password
    const foretold = enter(model, password)
    const answer = await api.post('/api/token/sliding/', { email, password })
    expect(outcome(answer)).toEqual(foretold)
    if (foretold.status !== 200) return
    const refreshExp = Math.floor(model.now / 1000) + lifetimes.slidingRefresh
    issueSliding(model, answer.body.token, { takenBack: false, refreshExp }, model.version)
    model.events.push('login sliding')
  })

function issueSliding(model: Model, text: string, chain: Sliding['chain'], version: number) {
  const exp = Math.floor(model.now / 1000) + lifetimes.sliding
  expect(decodeJwt(text)).toMatchObject({ exp, refresh_exp: chain.refreshExp })
  model.tokens.push({ kind: 'sliding', text, chain, exp, version })
}

export const slideOn = (at: number) =>
  step(
    `slide on with the token at ${at}`,
    async (model, { api }) => {
      const token = newest(slidingOf(model), at)
      const foretold = slide(model, token)
      const answer = await api.post('/api/token/sliding/refresh/', { token: token.text })
      expect(outcome(answer)).toEqual(foretold)
      if (foretold.status === 200)
        issueSliding(model, answer.body.token, token.chain, token.version)
    },
    hasSliding,
  )

export const takeBack = (at: number) =>
  step(
    `take back the sliding token at ${at}`,
    async (model, { api }) => {
      const token = newest(slidingOf(model), at)
      const answer = await api.post('/api/token/blacklist/', { refresh: token.text })
      if (isExpired(model, token)) expect(outcome(answer)).toEqual(refused(said.expired))
      else if (token.chain.takenBack) expect(outcome(answer)).toEqual(refused(said.blacklisted))
      else {
        expect(answer.status).toBe(200)
        token.chain.takenBack = true
        model.events.push('token_blacklisted sliding')
      }
    },
    hasSliding,
  )

export const setDisabled = (disabled: boolean) =>
  step(disabled ? 'disable' : 'enable', async (model, { id, staff }) => {
    const path = `/auth/users/${id}/${disabled ? 'disable' : 'enable'}/`
    const { status } = await staff.api.post(path, undefined, { token: staff.access })
    expect(status).toBe(204)
    setStatus(model, disabled)
  })
