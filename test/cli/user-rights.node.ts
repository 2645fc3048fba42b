// `npm run user`: rights and fields of the model, beside a Worker that runs on the same database.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { startGatehouse } from './running.ts'

type Answer = { status: number; body: Record<string, string> & Record<string, string>[] }

const password = 'a pond of herons'

describe('npm run user', () => {
  let worker: Awaited<ReturnType<typeof startGatehouse>>
  before(async () => {
    worker = await startGatehouse({ SEND_ACTIVATION_EMAIL: false, THROTTLE_ENABLED: false })
    await signUpUser('bystander@example.com')
  })
  after(() => worker.stop())

  const user = (...parameters: string[]) => worker.project.run('user', parameters)

  async function call(method: string, path: string, json?: object, token?: string) {
    const response = await fetch(worker.url + path, {
      method,
      headers: { 'content-type': 'application/json', ...(token && { authorization: token }) },
      ...(json && { body: JSON.stringify(json) }),
    })
    const text = await response.text()
    return { status: response.status, body: text && JSON.parse(text) } as Answer
  }
  const logIn = (email: string) => call('POST', '/auth/jwt/create/', { email, password })

  async function signUpUser(email: string) {
    const person = { email, password, first_name: 'Ada', last_name: 'Lovelace' }
    assert.equal((await call('POST', '/auth/users/', person)).status, 201)
    return { email, one: (await logIn(email)).body }
  }
  async function eventsOf(email: string) {
    const { body } = await logIn(email)
    const path = '/auth/users/me/events/'
    const events = (await call('GET', path, undefined, `Bearer ${body.access}`)).body
    return events.map(({ type, detail, actor }) => [type, detail, actor])
  }

  test('staff and superuser give and remove rights, at once and without a logout', async () => {
    const { email, one } = await signUpUser('promoted@example.com')
    const list = async () => {
      const { body } = await call('GET', '/auth/users/', undefined, `Bearer ${one.access}`)
      return body.length > 1
    }
    const outputOf = async (...parameters: string[]) => (await user(...parameters)).output
    assert.equal(await list(), false)

    assert.match(
      await outputOf('staff', email),
      /^promoted@example\.com \(#\d+\) is now staff\.\n$/,
    )
    assert.equal(await list(), true)
    assert.match(await outputOf('staff', email), /is staff already/)
    assert.match(await outputOf('superuser', email), /is now a superuser/)
    assert.match((await user('list', '--search', 'promoted')).output, /superuser/)
    const refused = await user('staff', email, '--off')
    assert.equal(refused.status, 1)
    assert.match(
      refused.output,
      /is a superuser, .* First run npm run user -- superuser USER --off/,
    )
    assert.match(await outputOf('superuser', email, '--off'), /is no longer a superuser/)
    assert.equal(await list(), true)
    assert.match(await outputOf('staff', email, '--off'), /is no longer staff/)
    assert.equal(await list(), false)

    const events = (await eventsOf(email)).filter(([type]) => type === 'rights_changed')
    assert.deepEqual(
      events.map(([, detail, actor]) => [detail, actor]),
      [
        ['not staff', 0],
        ['not superuser', 0],
        ['superuser', 0],
        ['staff', 0],
      ],
    )
  })

  test('set writes any field of the model, and refuses an invalid value', async () => {
    const { email, one } = await signUpUser('edited@example.com')

    const { status, output } = await user('set', email, 'role=a "driver"; --', "last_name=O'Hara")

    assert.deepEqual(
      [status, output.replace(/#\d+/, '#')],
      [0, `${email} (#): role and last_name were set.\n`],
    )
    const { body } = await call('GET', '/auth/users/me/', undefined, `Bearer ${one.access}`)
    assert.deepEqual([body.role, body.last_name], ['a "driver"; --', "O'Hara"])
    const events = (await eventsOf(email)).filter(([type]) => type === 'account_edited')
    assert.deepEqual(events, [['account_edited', 'role,last_name', 0]])

    const dry = await user('set', email, 'role=pilot', '--dry-run')
    assert.match(dry.output, /^Set role=pilot of .* \(#\d+\): not done, by --dry-run\.\n$/)
    assert.ok(!(await user('show', email)).output.includes('pilot'))

    const wrong: [string[], RegExp, (1 | 2)?][] = [
      [['role'], /^role must be written as NAME=VALUE/],
      [
        ['is_staff=1'],
        /There is no field is_staff\. The user model has first_name, last_name, role/,
      ],
      [['password=x'], /There is no field password/],
      [[`role=${'x'.repeat(51)}`], /^role: Ensure this field has no more than 50 characters/],
      [[], /^Name a field: NAME=VALUE\.\n\nUsage/, 2],
    ]
    for (const [assignments, sentence, expected = 1] of wrong) {
      const { status, output } = await user('set', email, ...assignments)
      assert.equal(status, expected)
      assert.match(output, sentence)
    }
  })
})
