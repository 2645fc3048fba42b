// How a step is played: what is picked, sent, and noted of the answer. `at` picks what was ever issued, 0 the
// newest, dead or not.

import type { AsyncCommand } from 'fast-check'
import { decodeJwt } from 'jose'
import { expect } from 'vitest'
import {
  type Caller,
  lifetimes,
  type Model,
  type Outcome,
  refreshEnd,
  type Session,
  verdict,
} from './model.ts'
import { probe } from './probes.ts'
import { type Answer, outcome, pass, type World } from './setup.ts'

export type Step = AsyncCommand<Model, World>

/** A command; its clock moves on first, so that no two things happen in one millisecond. */
export function step(
  name: string,
  run: (model: Model, world: World) => Promise<void>,
  check: (model: Readonly<Model>) => boolean = () => true,
): Step {
  return {
    check,
    async run(model, world) {
      pass(model, 1)
      await run(model, world)
      await probe(model, world)
    },
    toString: () => name,
  }
}

export const newest = <T>(all: T[], at: number): T => all[all.length - 1 - (at % all.length)] as T
export const refreshesOf = ({ tokens }: Model) => tokens.filter((token) => token.kind === 'refresh')
export const callersOf = ({ tokens }: Model) => tokens.filter((token) => token.kind !== 'refresh')
export const slidingOf = ({ tokens }: Model) => tokens.filter((token) => token.kind === 'sliding')

export const hasRefresh = (model: Readonly<Model>) => refreshesOf(model).length > 0
export const hasCaller = (model: Readonly<Model>) => callersOf(model).length > 0
export const hasSliding = (model: Readonly<Model>) => slidingOf(model).length > 0
export const hasSession = ({ sessions }: Readonly<Model>) => sessions.length > 0

/** Notes what was issued, after its claims were found to be as they should. */
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
  const end = Math.floor(refreshEnd(session) / 1000)
  expect(decodeJwt(refresh)).toMatchObject({ sid: session.id, exp: end })
  const { counter } = session
  tokens.push({ kind: 'refresh', text: refresh, session, counter, exp: end, version })
}

/** A request with a credential, which does nothing where that is refused. */
export const calling = (
  name: string,
  at: number,
  send: (world: World, caller: Caller, model: Model) => Promise<Answer>,
  effect: (model: Model, caller: Caller) => Outcome,
  check: (model: Readonly<Model>) => boolean = () => true,
) =>
  step(
    `${name}, with the credential at ${at}`,
    async (model, world) => {
      const caller = newest(callersOf(model), at)
      const answer = await send(world, caller, model)
      const admitted = verdict(model, caller)
      expect(outcome(answer)).toEqual(admitted.status === 200 ? effect(model, caller) : admitted)
    },
    (model) => hasCaller(model) && check(model),
  )

export const sessionOf = (caller: Caller) => (caller.kind === 'access' ? caller.session : undefined)

export const withPassword = (given: string | undefined) =>
  given === undefined ? 'with the right password' : `with "${given}"`

export const skip = (duration: number) =>
  step(`skip ${duration} s`, async (model) => pass(model, duration * 1000))
