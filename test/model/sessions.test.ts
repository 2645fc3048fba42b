// Whatever people, thieves, staff and the clock do to an account: for every token that was ever issued the
// model (model.ts) says whether it works, and the Worker agrees. `MODEL_RUNS=1000 npm test` plays more,
// `MODEL_SEED=…` the same again.

import { env } from 'cloudflare:workers'
import fc from 'fast-check'
import { afterAll, beforeAll, test, vi } from 'vitest'
import { hashPassword } from '../../src/passwords/hashers.ts'
import { client } from '../support/api.ts'
import { loggedIn, makeStaff, newEmail } from '../support/people.ts'
import * as account from './account.ts'
import * as logIns from './log-ins.ts'
import { lifetimes, type Model, newModel, type Rules } from './model.ts'
import { probeAll } from './probes.ts'
import { first, pass, passwords, type World } from './setup.ts'
import { refreshesOf, type Step, skip } from './steps.ts'

const runs = Number(env.MODEL_RUNS)
const seed = Number(env.MODEL_SEED)
const start = Date.UTC(2030, 5, 1, 12)
let staff: World['staff']
let hash: string

beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: start })
  const { api, access, id } = await loggedIn({
    ACCESS_TOKEN_LIFETIME: '100d',
    REFRESH_TOKEN_LIFETIME: lifetimes.refresh,
    CHECK_SESSION: false,
    THROTTLE_ENABLED: false,
  })
  await makeStaff(id)
  staff = { api, access }
  hash = await hashPassword(first, { memory: 64, time: 1 })
})
afterAll(() => {
  vi.useRealTimers()
})

/** Mostly one of the newest three, sometimes any that there ever was. */
const at = fc.oneof({ weight: 4, arbitrary: fc.nat(2) }, { weight: 1, arbitrary: fc.nat(40) })
/** Mostly the right one. */
const password = fc.constantFrom(undefined, undefined, undefined, undefined, ...passwords)
const next = fc.constantFrom(...passwords)
const short = fc.constantFrom(1, 9, 10, 60)
const long = fc.constantFrom(300, 599, 900, 1800, 3600)

const twice = <T>(step: T): T[] => [step, step]

const often: fc.Arbitrary<Step>[] = [
  password.map(logIns.logIn),
  at.map((token) => logIns.refreshWith(token, 1)),
  at.map((token) => logIns.refreshWith(token, 1)),
  fc.tuple(at, fc.integer({ min: 2, max: 4 })).map((sent) => logIns.refreshWith(...sent)),
  short.map(skip),
]

const seldom: fc.Arbitrary<Step>[] = [
  long.map(skip),
  at.map(logIns.blacklistWith),
  at.map(logIns.logOutWith),
  at.map(logIns.logOutAs),
  fc.tuple(at, at).map((ended) => logIns.endOne(...ended)),
  at.map(logIns.endAllOthers),
  at.map(logIns.endAsStaff),
  fc.constant(logIns.endAllAsStaff),
  ...twice(fc.tuple(at, password, next).map((change) => account.changePassword(...change))),
  ...twice(fc.constant(account.askForLink)),
  ...twice(fc.tuple(at, next).map((sent) => account.reset(...sent))),
  ...twice(password.map(account.getKey)),
  at.map(account.endKey),
  password.map(account.slideIn),
  at.map(account.slideOn),
  at.map(account.takeBack),
  fc.constant(account.setDisabled(true)),
  fc.constant(account.setDisabled(false)),
]

const enable = fc.constant(account.setDisabled(false))
const steps = [...twice(often), ...twice(often), ...twice(often)]
  .flat()
  .concat(seldom, twice(enable))

const rules: fc.Arbitrary<Rules> = fc
  .record({
    rotation: fc.constantFrom('off', 'on', 'single use', 'single use', 'blacklist alone'),
    grace: fc.constantFrom(10, 30, 0),
    checkSession: fc.boolean(),
    checkRevoke: fc.boolean(),
    logoutOnChange: fc.boolean(),
    maxSessions: fc.constantFrom(0, 2),
    maxLifetime: fc.constantFrom(0, 0, 60, 1800),
    leeway: fc.constantFrom(0, 30),
  })
  .map(({ rotation, ...others }) => ({
    ...others,
    rotate: rotation === 'on' || rotation === 'single use',
    blacklist: rotation === 'single use' || rotation === 'blacklist alone',
  }))

const settingsOf = (rules: Rules) => ({
  ROTATE_REFRESH_TOKENS: rules.rotate,
  BLACKLIST_AFTER_ROTATION: rules.blacklist,
  REFRESH_TOKEN_REUSE_INTERVAL: rules.grace,
  CHECK_SESSION: rules.checkSession,
  CHECK_REVOKE_TOKEN: rules.checkRevoke,
  LOGOUT_ON_PASSWORD_CHANGE: rules.logoutOnChange,
  MAX_SESSIONS: rules.maxSessions,
  SESSION_MAX_LIFETIME: rules.maxLifetime,
  LEEWAY: rules.leeway,
  ACCESS_TOKEN_LIFETIME: lifetimes.access,
  REFRESH_TOKEN_LIFETIME: lifetimes.refresh,
  SLIDING_TOKEN_LIFETIME: lifetimes.sliding,
  SLIDING_TOKEN_REFRESH_LIFETIME: lifetimes.slidingRefresh,
  PASSWORD_RESET_TIMEOUT: lifetimes.link,
  AUTH_TOKEN_CLASSES: 'AccessToken,SlidingToken',
  MAIL_COOLDOWN: 1,
  SECURITY_EMAILS: '',
  THROTTLE_ENABLED: false,
})

test(`${runs} lives of an account, seed ${seed}`, async () => {
  const lives = fc.commands(steps, { maxCommands: 40, size: 'max' })
  await fc.assert(
    fc.asyncProperty(rules, lives, async (rules, life) => {
      const { model, world } = await newLife(rules)
      await logIns.logIn(undefined).run(model, world)
      await fc.asyncModelRun(() => ({ model, real: world }), life)
      await probeAll(model, world)
      for (const token of refreshesOf(model)) {
        pass(model, 1)
        await logIns.refreshAtOnce(model, world, token, 1)
      }
      await probeAll(model, world)
      await bury(world)
    }),
    { numRuns: runs, seed },
  )
}, 600_000)

async function newLife(rules: Rules): Promise<{ model: Model; world: World }> {
  vi.setSystemTime(start)
  const email = newEmail()
  const insert = `insert into users (email, email_key, password, status, date_joined)
    values (?, ?, ?, 'active', ?) returning id`
  const row = await env.DB.prepare(insert).bind(email, email, hash, start).first<{ id: number }>()
  const world = { api: client(settingsOf(rules)), id: Number(row?.id), email, staff }
  return { model: newModel(rules, first, start), world }
}

const bury = ({ id, email }: World) =>
  env.DB.batch([
    env.DB.prepare('delete from users where id = ?').bind(id),
    env.DB.prepare('delete from dev_mailbox where recipient = ?').bind(email),
  ])
