// The hook `beforeSignUp`: it refuses a sign-up, completes the account, and writes rows of its own in the same batch. The
// table is a deployer's: invitations, each of which works once.

import { env } from 'cloudflare:workers'
import { and, eq, exists, isNull, sql } from 'drizzle-orm'
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Hooks, type SignUpRequest, useHooks } from '../../src/hooks.ts'
import { counting } from '../budgets/counting.ts'
import { client } from '../support/api.ts'
import { spyOnErrors } from '../support/logs.ts'
import { kindsTo } from '../support/outbox.ts'
import {
  changeUser,
  loggedIn,
  newEmail,
  newPerson,
  pendingUser,
  userOf,
} from '../support/people.ts'
import { interceptD1 } from '../support/trips.ts'

const invitations = sqliteTable('app_invitations', {
  code: text('code').primaryKey(),
  company: text('company').notNull(),
  usedBy: integer('used_by'),
})
const members = sqliteTable('app_members', {
  userId: integer('user_id').primaryKey(),
  company: text('company').notNull(),
})

const noInvitation = { invitation: ['This invitation is not valid.'] }

beforeAll(async () => {
  await env.DB.prepare(
    'create table app_invitations (code text primary key, company text not null, used_by integer)',
  ).run()
  await env.DB.prepare(
    'create table app_members (user_id integer primary key, company text not null)',
  ).run()
})
afterAll(async () => {
  for (const table of ['app_invitations', 'app_members']) {
    await env.DB.prepare(`drop table ${table}`).run()
  }
})
afterEach(() => useHooks({}))

/** What a deployer writes for sign-up by invitation. */
const byInvitation: NonNullable<Hooks['beforeSignUp']> = async ({ db, extra, caller }) => {
  if (caller?.isStaff) return undefined
  const code = String(extra.invitation ?? '')
  const [invitation] = await db.select().from(invitations).where(eq(invitations.code, code))
  if (!invitation) return { errors: noInvitation }
  const isUnused = and(eq(invitations.code, code), isNull(invitations.usedBy))
  return {
    fields: { role: 'invited' },
    onlyIf: {
      condition: exists(db.select().from(invitations).where(isUnused)),
      errors: noInvitation,
    },
    statements: (account) => [
      account.insert(members, { userId: account.id, company: invitation.company }),
      db.update(invitations).set({ usedBy: account.id }).where(and(isUnused, account.exists)),
    ],
  }
}

/** A new invitation's code. */
async function invite(company = 'Analytical Engines') {
  const code = crypto.randomUUID()
  await env.DB.prepare('insert into app_invitations (code, company) values (?, ?)')
    .bind(code, company)
    .run()
  return code
}

const userOfInvitation = (code: string) =>
  env.DB.prepare('select used_by from app_invitations where code = ?').bind(code).first('used_by')
const companyOf = (userId: unknown) =>
  env.DB.prepare('select company from app_members where user_id = ?').bind(userId).first('company')

describe('the hook beforeSignUp', () => {
  test('gets the valid fields, what else was sent, the client and the bindings, and no password', async () => {
    const seen: SignUpRequest[] = []
    useHooks({
      beforeSignUp: (signUp) => {
        seen.push(signUp)
        return undefined
      },
    })
    const sent = newPerson()
    const api = client({ EMAIL_FRONTEND_SITE_NAME: 'Bound' })
    const { status } = await api.post(
      '/auth/users/',
      {
        ...sent,
        email: sent.email.replace('@example', '@EXAMPLE'),
        re_password: sent.password,
        new_password: 'x',
        password1: 'a flock of geese',
        secret_again: ` ${sent.password} `,
        terms: true,
        company: { name: 'Acme' },
      },
      { headers: { 'user-agent': 'Test', 'cf-ipcountry': 'CO' } },
    )
    expect(status).toBe(201)
    expect(seen).toHaveLength(1)
    const [{ fields, extra, caller, env: bindings, request }] = seen as [SignUpRequest]
    const { email, first_name, last_name } = sent
    expect(fields).toEqual({ email, first_name, last_name })
    expect(extra).toEqual({ terms: true, company: { name: 'Acme' } })
    expect(caller).toBeUndefined()
    expect(bindings).toMatchObject({ EMAIL_FRONTEND_SITE_NAME: 'Bound' })
    expect(request).toMatchObject({ userAgent: 'Test', country: 'CO', now: expect.any(Date) })
    expect(request.ip).toMatch(/^2001:db8:/)
  })

  test('is not called while a field is invalid', async () => {
    const beforeSignUp = vi.fn(() => undefined)
    useHooks({ beforeSignUp })
    const api = client()
    const sent = newPerson()
    for (const wrong of [{ email: 'ada' }, { first_name: '' }, { password: '123' }]) {
      expect((await api.post('/auth/users/', { ...sent, ...wrong })).status).toBe(400)
    }
    expect(beforeSignUp).not.toHaveBeenCalled()
  })

  test('refuses by field and as a whole, before anything is written', async () => {
    const allowed = 'example.org'
    useHooks({
      beforeSignUp: async ({ fields, extra }) => ({
        errors: {
          ...(fields.email?.endsWith(`@${allowed}`) ? {} : { email: [`Use @${allowed}.`] }),
          ...(extra.terms === true ? {} : { non_field_errors: ['Accept the terms.'] }),
        },
      }),
    })
    const api = client({ NON_FIELD_ERRORS_KEY: 'errors', REGISTER: true })
    const sent = newPerson()
    const errors = { email: ['Use @example.org.'], errors: ['Accept the terms.'] }
    const refused = await api.post('/auth/users/', sent)
    expect([refused.status, refused.body]).toEqual([400, errors])
    const registered = await api.post('/register/', sent)
    expect(registered.body).toEqual({ status: 403, errors, message: 'something went wrong' })
    expect(await userOf(sent.email)).toBeNull()
    expect(await kindsTo(sent.email)).toEqual([])
  })

  test('answers 500 and writes nothing if it throws, or names a field that does not exist', async () => {
    const logged = spyOnErrors()
    const wrong: Hooks['beforeSignUp'][] = [
      () => {
        throw new Error('no connection')
      },
      () => ({ fields: { isStaff: true } as object }),
    ]
    for (const beforeSignUp of wrong) {
      useHooks({ ...(beforeSignUp && { beforeSignUp }) })
      const sent = newPerson()
      expect((await client().post('/auth/users/', sent)).status).toBe(500)
      expect(await userOf(sent.email)).toBeNull()
      expect(JSON.stringify(logged.mock.calls)).not.toContain(sent.password)
    }
    expect(logged).toHaveBeenCalledTimes(2)
    logged.mockRestore()
  })

  test('takes no round trip, and says the same of a login that exists', async () => {
    const { email } = await loggedIn()
    useHooks({ beforeSignUp: () => ({ errors: { non_field_errors: ['Not today.'] } }) })
    for (const address of [email, newEmail()]) {
      const { api, roundTrips } = counting()
      const { status, body } = await api.post('/auth/users/', { ...newPerson(), email: address })
      expect([status, body]).toEqual([400, { non_field_errors: ['Not today.'] }])
      expect(roundTrips()).toBe(0)
    }
    useHooks({ beforeSignUp: () => ({ fields: { role: 'member' } }) })
    const { api, roundTrips } = counting()
    expect((await api.post('/auth/users/', newPerson())).status).toBe(201)
    expect(roundTrips()).toBe(1)
  })
})

describe('a sign-up by invitation', () => {
  test.each(['/auth/users/', '/register/'])(
    'at %s makes the account, its rows and the use of the invitation at once',
    async (path) => {
      useHooks({ beforeSignUp: byInvitation })
      const invitation = await invite()
      const sent = { ...newPerson(), invitation, role: 'admin' }
      const { status } = await client({ REGISTER: true }).post(path, sent)
      expect(status).toBe(path === '/register/' ? 200 : 201)
      const row = await env.DB.prepare('select id, role from users where email = ?')
        .bind(sent.email)
        .first<{ id: number; role: string }>()
      expect(row?.role).toBe('invited')
      expect(await userOfInvitation(invitation)).toBe(row?.id)
      expect(await companyOf(row?.id)).toBe('Analytical Engines')
    },
  )

  test('is refused without a code, with an unknown one and with a used one', async () => {
    useHooks({ beforeSignUp: byInvitation })
    const used = await invite()
    const first = { ...newPerson(), invitation: used }
    expect((await client().post('/auth/users/', first)).status).toBe(201)
    for (const invitation of [undefined, 'unknown', used]) {
      const sent = { ...newPerson(), invitation }
      const { status, body } = await client().post('/auth/users/', sent)
      expect([status, body]).toEqual([400, noInvitation])
      expect(await userOf(sent.email)).toBeNull()
      expect(await kindsTo(sent.email)).toEqual([])
    }
  })

  test('uses an invitation once when many sign up with it at the same moment', async () => {
    useHooks({ beforeSignUp: byInvitation })
    const invitation = await invite()
    const sent = Array.from({ length: 6 }, () => ({ ...newPerson(), invitation }))
    const answers = await Promise.all(sent.map((each) => client().post('/auth/users/', each)))
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 400, 400, 400, 400, 400])
    for (const { status, body } of answers) if (status === 400) expect(body).toEqual(noInvitation)
    const made = answers.find(({ status }) => status === 201)
    expect(await userOfInvitation(invitation)).toBe(made?.body.id)
    const rows = await Promise.all(sent.map(({ email }) => userOf(email)))
    expect(rows.filter((row) => row !== null)).toHaveLength(1)
  })

  test('leaves the invitation unused if the login is taken or the sign-up is throttled', async () => {
    useHooks({ beforeSignUp: byInvitation })
    const [first, second] = [await invite(), await invite()]
    const ada = newPerson()
    await client().post('/auth/users/', { ...ada, invitation: first })
    const taken = await client().post('/auth/users/', { ...ada, invitation: second })
    expect(taken.body).toEqual({ email: ['user account with this email already exists.'] })

    const slow = { THROTTLE_SIGN_UP: '1/day' }
    const grace = newPerson()
    await client(slow).post('/auth/users/', { ...grace, invitation: await invite() })
    const throttled = await client(slow).post('/auth/users/', { ...grace, invitation: second })
    expect(throttled.status).toBe(429)
    expect(await userOfInvitation(second)).toBeNull()
  })

  test('takes effect once if the answer of D1 is lost and the batch is sent again', async () => {
    useHooks({ beforeSignUp: byInvitation })
    const invitation = await invite()
    let lost = 0
    const DB = interceptD1(env.DB, async (statements, run) => {
      const answer = await run()
      const isBatch = statements.some((text) => text.startsWith('insert into "users"'))
      if (isBatch && lost++ === 0) throw new Error('Network connection lost.')
      return answer
    })
    const sent = { ...newPerson(), invitation }
    const { status, body } = await client({ DB }).post('/auth/users/', sent)
    expect([status, lost]).toEqual([201, 2])
    expect(await userOfInvitation(invitation)).toBe(body.id)
    expect(await companyOf(body.id)).toBe('Analytical Engines')
    expect(await kindsTo(sent.email)).toEqual(['activation'])
  })

  test('writes nothing at all if a statement of the hook fails', async () => {
    const logged = spyOnErrors()
    useHooks({
      beforeSignUp: ({ db }) => ({
        statements: () => [db.insert(invitations).values({ code: 'x', company: sql`null` })],
      }),
    })
    const sent = newPerson()
    expect((await client().post('/auth/users/', sent)).status).toBe(500)
    expect(await userOf(sent.email)).toBeNull()
    expect(await kindsTo(sent.email)).toEqual([])
    logged.mockRestore()
  })

  test.each([{}, { PERMISSIONS_USER_CREATE: 'IsAdminUser' }])(
    'is not required of staff, and the hook gets their row without the hash: %j',
    async (vars) => {
      const callers: unknown[] = []
      const staff = await loggedIn({}, { staff: true })
      useHooks({
        beforeSignUp: (signUp) => {
          callers.push(signUp.caller)
          return byInvitation(signUp)
        },
      })
      const { access: token } = staff
      expect((await client(vars).post('/auth/users/', newPerson(), { token })).status).toBe(201)
      expect(callers).toEqual([expect.objectContaining({ id: staff.id, isStaff: true })])
      expect(callers[0]).not.toHaveProperty('password')
    },
  )

  test('makes room for an expired account only if the condition holds', async () => {
    const { email, id } = await pendingUser()
    await changeUser(id, 'pending_until = 1')
    const invitation = await invite()
    useHooks({ beforeSignUp: byInvitation })
    await client().post('/auth/users/', { ...newPerson(), invitation })
    useHooks({
      beforeSignUp: () => ({ onlyIf: { condition: sql`null`, errors: noInvitation } }),
    })
    const refused = await client().post('/auth/users/', { ...newPerson(), email })
    expect([refused.status, refused.body]).toEqual([400, noInvitation])
    expect(await userOf(email)).toEqual({ id })
    useHooks({ beforeSignUp: () => ({ onlyIf: { condition: sql`true`, errors: noInvitation } }) })
    const { status, body } = await client().post('/auth/users/', { ...newPerson(), email })
    expect([status, body.id > id]).toEqual([201, true])
  })
})
