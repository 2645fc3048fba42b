// Random actions of an owner, an attacker, staff and the clock on an account. For every token that was ever issued the model
// (model.ts) says whether it works, and the Worker must agree. `MODEL_RUNS=1000 npm test` plays more runs; `MODEL_SEED=…`
// repeats a run.

import { env } from 'cloudflare:workers'
import fc from 'fast-check'
import { afterAll, beforeAll, test, vi } from 'vitest'
import { hashPassword } from '../../src/passwords/hashers.ts'
import { client } from '../support/api.ts'
import { loggedIn, makeStaff, newEmail } from '../support/people.ts'
import * as account from './account.ts'
import { checkAll } from './checks.ts'
import * as logins from './logins.ts'
import { lifetimes, type Model, newModel, type Rules } from './model.ts'
import { advance, first, passwords, type Setup } from './setup.ts'
import { refreshesOf, type Step, skip } from './steps.ts'

const runs = Number(env.MODEL_RUNS)
const seed = Number(env.MODEL_SEED)
const start = Date.UTC(2030, 5, 1, 12)
let staff: Setup['staff']
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

/** Mostly one of the newest three, sometimes any one. */
const at = fc.oneof({ weight: 4, arbitrary: fc.nat(2) }, { weight: 1, arbitrary: fc.nat(40) })
/** Mostly the right password. */
const password = fc.constantFrom(undefined, undefined, undefined, undefined, ...passwords)
const next = fc.constantFrom(...passwords)
const short = fc.constantFrom(1, 9, 10, 60)
const long = fc.constantFrom(300, 599, 900, 1800, 3600)

const twice = <T>(step: T): T[] => [step, step]

const frequent: fc.Arbitrary<Step>[] = [
  password.map(logins.logIn),
  at.map((token) => logins.refreshWith(token, 1)),
  at.map((token) => logins.refreshWith(token, 1)),
  fc.tuple(at, fc.integer({ min: 2, max: 4 })).map((sent) => logins.refreshWith(...sent)),
  short.map(skip),
]

const rare: fc.Arbitrary<Step>[] = [
  long.map(skip),
  at.map(logins.blacklistWith),
  at.map(logins.logOutWith),
  at.map(logins.logOutAs),
  fc.tuple(at, at).map((revoked) => logins.revokeOne(...revoked)),
  at.map(logins.revokeAllOthers),
  at.map(logins.revokeAsStaff),
  fc.constant(logins.revokeAllAsStaff),
  ...twice(fc.tuple(at, password, next).map((change) => account.changePassword(...change))),
  ...twice(fc.constant(account.requestLink)),
  ...twice(fc.tuple(at, next).map((sent) => account.reset(...sent))),
  ...twice(password.map(account.getKey)),
  at.map(account.deleteKey),
  password.map(account.logInSliding),
  at.map(account.refreshSliding),
  at.map(account.revokeSliding),
  fc.constant(account.setDisabled(true)),
  fc.constant(account.setDisabled(false)),
]

const enable = fc.constant(account.setDisabled(false))
const steps = [...twice(frequent), ...twice(frequent), ...twice(frequent)]
  .flat()
  .concat(rare, twice(enable))

const rules: fc.Arbitrary<Rules> = fc
  .record({
    rotation: fc.constantFrom('off', 'on', 'single use', 'single use', 'blacklist alone'),
    reuseInterval: fc.constantFrom(10, 30, 0),
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
  REFRESH_TOKEN_REUSE_INTERVAL: rules.reuseInterval,
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

test(`${runs} random histories of an account, seed ${seed}`, async () => {
  const histories = fc.commands(steps, { maxCommands: 40, size: 'max' })
  await fc.assert(
    fc.asyncProperty(rules, histories, async (rules, history) => {
      const { model, setup } = await newAccount(rules)
      await logins.logIn(undefined).run(model, setup)
      await fc.asyncModelRun(() => ({ model, real: setup }), history)
      await checkAll(model, setup)
      for (const token of refreshesOf(model)) {
        advance(model, 1)
        await logins.refreshAtOnce(model, setup, token, 1)
      }
      await checkAll(model, setup)
      await deleteAccount(setup)
    }),
    { numRuns: runs, seed },
  )
}, 600_000)

async function newAccount(rules: Rules): Promise<{ model: Model; setup: Setup }> {
  vi.setSystemTime(start)
  const email = newEmail()
  const insert = `insert into users (email, email_key, password, status, date_joined)
    values (?, ?, ?, 'active', ?) returning id`
  const row = await env.DB.prepare(insert).bind(email, email, hash, start).first<{ id: number }>()
  const setup = { api: client(settingsOf(rules)), id: Number(row?.id), email, staff }
  return { model: newModel(rules, first, start), setup }
}

const deleteAccount = ({ id, email }: Setup) =>
  env.DB.batch([
    env.DB.prepare('delete from users where id = ?').bind(id),
    env.DB.prepare('delete from dev_mailbox where recipient = ?').bind(email),
  ])
