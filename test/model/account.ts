// Steps on the account: its password, emailed links, authtoken key, sliding tokens and status.

import { decodeJwt } from 'jose'
import { expect } from 'vitest'
import {
  checkLogin,
  isValidLink,
  refreshFamily,
  revokeOthers,
  setPassword,
  setStatus,
} from './effects.ts'
import { isExpired, lifetimes, type Model, type Sliding, sentences, unauthorized } from './model.ts'
import { advance, authorization, outcome } from './setup.ts'
import { hasSliding, pick, sessionOf, slidingOf, step, stepAs, withPassword } from './steps.ts'

export const changePassword = (at: number, given: string | undefined, next: string) =>
  stepAs(
    `change the password ${withPassword(given)} to "${next}"`,
    at,
    ({ api }, caller, { password }) => {
      const sent = { current_password: given ?? password, new_password: next }
      return api.post('/auth/users/set_password/', sent, authorization(caller))
    },
    (model, caller) => {
      if ((given ?? model.password) !== model.password)
        return { status: 400, sentence: sentences.wrongPassword }
      setPassword(model, next, 'set')
      if (model.rules.logoutOnChange) {
        revokeOthers(model, sessionOf(caller))
        model.key = undefined
      }
      return { status: 204 }
    },
  )

export const requestLink = step('request a reset', async (model, { api, email }) => {
  advance(model, 1000) // MAIL_COOLDOWN
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
      const link = pick(model.links, at)
      const { uid, token } = link
      const sent = { uid, token, new_password: next }
      const answer = await api.post('/auth/users/reset_password_confirm/', sent)
      if (!isValidLink(model, link)) {
        expect(outcome(answer)).toEqual({ status: 400, sentence: 'Invalid token for given user.' })
        return
      }
      expect(answer.status).toBe(204)
      setPassword(model, next, 'reset')
      revokeOthers(model)
      model.key = undefined
    },
    ({ links }) => links.length > 0,
  )

export const getKey = (given: string | undefined) =>
  step(`get the key ${withPassword(given)}`, async (model, { api, email }) => {
    const password = given ?? model.password
    const { status } = checkLogin(model, password)
    const answer = await api.post('/auth/token/login/', { email, password })
    expect(answer.status).toBe(status === 200 ? 200 : 400)
    if (status !== 200) return
    const { auth_token: text } = answer.body
    if (model.key) expect(text).toBe(model.key)
    else model.tokens.push({ kind: 'key', text })
    model.key = text
    model.events.push('login authtoken')
  })

export const deleteKey = (at: number) =>
  stepAs(
    'delete the key',
    at,
    ({ api }, caller) => api.post('/auth/token/logout/', undefined, authorization(caller)),
    (model) => {
      model.key = undefined
      return { status: 204 }
    },
  )

export const logInSliding = (given: string | undefined) =>
  step(`get a sliding token ${withPassword(given)}`, async (model, { api, email }) => {
    const password = given ?? model.password
    const expected = checkLogin(model, password)
    const answer = await api.post('/api/token/sliding/', { email, password })
    expect(outcome(answer)).toEqual(expected)
    if (expected.status !== 200) return
    const refreshExp = Math.floor(model.now / 1000) + lifetimes.slidingRefresh
    issueSliding(model, answer.body.token, { revoked: false, refreshExp }, model.version)
    model.events.push('login sliding')
  })

function issueSliding(model: Model, text: string, family: Sliding['family'], version: number) {
  const exp = Math.floor(model.now / 1000) + lifetimes.sliding
  expect(decodeJwt(text)).toMatchObject({ exp, refresh_exp: family.refreshExp })
  model.tokens.push({ kind: 'sliding', text, family, exp, version })
}

export const refreshSliding = (at: number) =>
  step(
    `refresh the sliding token at ${at}`,
    async (model, { api }) => {
      const token = pick(slidingOf(model), at)
      const expected = refreshFamily(model, token)
      const answer = await api.post('/api/token/sliding/refresh/', { token: token.text })
      expect(outcome(answer)).toEqual(expected)
      if (expected.status === 200)
        issueSliding(model, answer.body.token, token.family, token.version)
    },
    hasSliding,
  )

export const revokeSliding = (at: number) =>
  step(
    `revoke the sliding token at ${at}`,
    async (model, { api }) => {
      const token = pick(slidingOf(model), at)
      const answer = await api.post('/api/token/blacklist/', { refresh: token.text })
      if (isExpired(model, token)) expect(outcome(answer)).toEqual(unauthorized(sentences.expired))
      else if (token.family.revoked)
        expect(outcome(answer)).toEqual(unauthorized(sentences.blacklisted))
      else {
        expect(answer.status).toBe(200)
        token.family.revoked = true
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
