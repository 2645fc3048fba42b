// The code of docs/customising.md: it compiles, and does what the page says.

import {
  createExecutionContext,
  createMessageBatch,
  createScheduledController,
} from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import guide from '../../docs/customising.md?raw'
import journal from '../../migrations/meta/_journal.json' with { type: 'json' }
import { gatehouse } from '../../src/gatehouse.ts'
import { standardUserModel } from '../../src/user-model.ts'
import { client } from '../support/api.ts'
import { linkTo, logIn, newEmail, newPerson, setEmail } from '../support/people.ts'

const files = import.meta.glob<string>(['./*.ts', '!./guide.test.ts', '!./user-model.ts'], {
  query: '?raw',
  import: 'default',
  eager: true,
})

/** The code as in a deployer's project. */
const inProject = (source: string) =>
  source
    .replaceAll("'../../src/index.ts'", "'gatehouse-auth'")
    .replaceAll("'../../src/schema.ts'", "'gatehouse-auth/schema'")
    .replaceAll("'../../migrations/", "'../migrations/")

test.each(Object.keys(files))('the page has the code of %s', (file) => {
  expect(guide).toContain(`\`\`\`ts\n${inProject(files[file] ?? '')}\`\`\``)
})

describe('a Worker with that code', () => {
  let mine: typeof import('./index.ts')['default']

  beforeAll(async () => {
    for (const columns of [
      'app_invitations (code text primary key, used_by integer)',
      'app_devices (id text primary key, user_id integer, name text, push_token text)',
    ]) {
      await env.DB.prepare(`create table ${columns}`).run()
    }
    mine = (await import('./index.ts')).default
  })
  afterAll(async () => {
    gatehouse({ userModel: standardUserModel, migrations: journal })
    for (const table of ['app_invitations', 'app_devices']) {
      await env.DB.prepare(`drop table ${table}`).run()
    }
  })

  const signUp = async (more: Record<string, unknown>) => {
    const { status, body } = await client().post('/auth/users/', { ...newPerson(), ...more })
    return { status, body }
  }

  test('accepts sign-ups of its domain and by invitation, with the terms', async () => {
    const german = { headers: { 'accept-language': 'de' } }
    const site = client({ USE_I18N: true })
    const refused = await site.post('/auth/users/', newPerson(), german)
    expect(refused.body).toEqual({ terms: ['Sie müssen die Bedingungen annehmen.'] })

    const terms = true
    const colleague = newEmail().replace('example.com', 'example.org')
    expect((await signUp({ terms, email: colleague })).status).toBe(201)
    const role = env.DB.prepare('select role from users where email = ?').bind(colleague)
    expect(await role.first('role')).toBe('colleague')

    await env.DB.prepare("insert into app_invitations (code) values ('c0de')").run()
    const invitation = { terms, invitation: 'c0de' }
    const guests = await Promise.all([signUp(invitation), signUp(invitation)])
    expect(guests.map(({ status }) => status).sort()).toEqual([201, 400])
    const late = guests.find(({ status }) => status === 400)
    expect(late?.body).toEqual({ invitation: ['This invitation is not valid.'] })
    const guest = guests.find(({ status }) => status === 201)
    const used = env.DB.prepare("select used_by from app_invitations where code = 'c0de'")
    expect(await used.first('used_by')).toBe(guest?.body.id)
  })

  test('calls its hook after a failed login', async () => {
    const fetched = vi.spyOn(globalThis, 'fetch').mockImplementation(async () => new Response())
    await logIn(client(), { email: newEmail() })
    expect(fetched).toHaveBeenCalledTimes(1)
    expect(fetched).toHaveBeenCalledWith(
      'https://alerts.example.com/',
      expect.objectContaining({ body: expect.stringMatching(/^2001:db8:/) }),
    )
    fetched.mockRestore()
  })

  test('sends its emails, shows its page in its layout, and exports its tables', async () => {
    const email = newEmail().replace('example.com', 'example.org')
    const api = client()
    const { id } = (await api.post('/auth/users/', { ...newPerson(), terms: true, email })).body
    const [{ subject, uid, token }] = await api.mail(email)
    expect(subject).toBe('Welcome to auth.test')
    await api.post('/auth/users/activation/', { uid, token })
    const { access } = (await logIn(api, { email })).body
    await linkTo(api, 'reset_password', email)
    const [mail] = await api.mail(email)
    expect(mail.text).toBe(`Hello Ada,\n\n${mail.url}\n\nThe auth.test team\n`)
    expect(mail.html).toContain(`<a href="${mail.url.replaceAll('&', '&amp;')}">Go</a>`)

    const address = newEmail()
    await setEmail(api, access, address)
    const [change] = await api.mail(address)
    const page = await api.get(change.url.replace('https://auth.test', ''))
    expect(page.body).toMatch(
      /^<!doctype html><html lang="en"><head><title>Confirm your new address · auth.test/,
    )
    expect(page.body).toContain(`value="${change.token}"`)
    const link = { uid: change.uid, token: change.token }
    expect((await api.send('POST', '/change-email/', { form: link })).status).toBe(200)

    const insert = env.DB.prepare("insert into app_devices values ('d1', ?, 'Phone', 'secret')")
    await insert.bind(id).run()
    const exported = await api.get('/auth/users/me/export/', { token: access })
    expect(exported.body.app_devices).toEqual([{ id: 'd1', name: 'Phone' }])
    expect(exported.body.app_invitations).toEqual([])
  })

  test('answers in its language', async () => {
    const german = { headers: { 'accept-language': 'de' } }
    const { body } = await client({ USE_I18N: true }).get('/nothing/', german)
    expect(body).toEqual({ detail: 'Nicht gefunden.' })
  })

  test('runs its handlers with its bindings', async () => {
    const put = vi.fn(async () => {})
    const bindings = { ...env, MY_KV: { put } as unknown as KVNamespace }
    const scheduledTime = new Date()
    const ctx = createExecutionContext()
    await mine.scheduled(createScheduledController({ scheduledTime }), bindings, ctx)
    const timestamp = new Date(0)
    const message = { id: 'm1', timestamp, attempts: 1, body: 1 }
    await mine.queue?.(createMessageBatch('mine', [message]), bindings, ctx)
    expect(put.mock.calls).toEqual([
      ['last cron', String(scheduledTime.getTime())],
      ['m1', timestamp.toJSON()],
    ])
  })
})
