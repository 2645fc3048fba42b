// The parts of a step: which token it picks, what it sends, and what it records of the response. `at` picks any token that
// was ever issued, 0 the newest, valid or not.

import type { AsyncCommand } from 'fast-check'
import { decodeJwt } from 'jose'
import { expect } from 'vitest'
import { checkSome } from './checks.ts'
import {
  accessOutcome,
  type Caller,
  lifetimes,
  type Model,
  type Outcome,
  refreshExpiry,
  type Session,
} from './model.ts'
import { type Answer, advance, outcome, type Setup } from './setup.ts'

export type Step = AsyncCommand<Model, Setup>

/** A command. It advances the clock first, so that no two steps happen in one millisecond. */
export function step(
  name: string,
  run: (model: Model, setup: Setup) => Promise<void>,
  check: (model: Readonly<Model>) => boolean = () => true,
): Step {
  return {
    check,
    async run(model, setup) {
      advance(model, 1)
      await run(model, setup)
      await checkSome(model, setup)
    },
    toString: () => name,
  }
}

export const pick = <T>(all: T[], at: number): T => all[all.length - 1 - (at % all.length)] as T
export const refreshesOf = ({ tokens }: Model) => tokens.filter((token) => token.kind === 'refresh')
export const callersOf = ({ tokens }: Model) => tokens.filter((token) => token.kind !== 'refresh')
export const slidingOf = ({ tokens }: Model) => tokens.filter((token) => token.kind === 'sliding')

export const hasRefresh = (model: Readonly<Model>) => refreshesOf(model).length > 0
export const hasCaller = (model: Readonly<Model>) => callersOf(model).length > 0
export const hasSliding = (model: Readonly<Model>) => slidingOf(model).length > 0
export const hasSession = ({ sessions }: Readonly<Model>) => sessions.length > 0

/** Checks the claims of the tokens that were issued, and adds the tokens to the model. */
export function issue(
  model: Model,
  session: Session,
  { access, refresh }: { access: string; refresh?: string },
) {
  const { version, tokens, now } = model
  const exp = Math.floor(now / 1000) + lifetimes.access
  expect(decodeJwt(access)).toMatchObject({ sid: session.id, exp })
  tokens.push({ kind: 'access', text: access, session, exp, version })
  if (refresh === undefined) return
  const expiry = Math.floor(refreshExpiry(session) / 1000)
  expect(decodeJwt(refresh)).toMatchObject({ sid: session.id, exp: expiry })
  const { counter } = session
  tokens.push({ kind: 'refresh', text: refresh, session, counter, exp: expiry, version })
}

/** A request with a credential. If the credential is refused, the request changes nothing. */
export const stepAs = (
  name: string,
  at: number,
  send: (setup: Setup, caller: Caller, model: Model) => Promise<Answer>,
  effect: (model: Model, caller: Caller) => Outcome,
  check: (model: Readonly<Model>) => boolean = () => true,
) =>
  step(
    `${name}, with the credential at ${at}`,
    async (model, setup) => {
      const caller = pick(callersOf(model), at)
      const answer = await send(setup, caller, model)
      const access = accessOutcome(model, caller)
      expect(outcome(answer)).toEqual(access.status === 200 ? effect(model, caller) : access)
    },
    (model) => hasCaller(model) && check(model),
  )

export const sessionOf = (caller: Caller) => (caller.kind === 'access' ? caller.session : undefined)

export const withPassword = (given: string | undefined) =>
  given === undefined ? 'with the right password' : `with "${given}"`

export const skip = (duration: number) =>
  step(`skip ${duration} s`, async (model) => advance(model, duration * 1000))
