// `npm run user`, beside a Worker that runs on the same database.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { after, before, describe, test } from 'node:test'
import { portOf, startGatehouse } from './running.ts'

type Answer = { status: number; body: Record<string, string> & Record<string, string>[] }
type Worker = Awaited<ReturnType<typeof startGatehouse>>

const password = 'a pond of herons'
const geese = 'a flock of geese'
const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0'

describe('npm run user', () => {
  let worker: Worker
  before(async () => {
    worker = await startGatehouse({ SEND_ACTIVATION_EMAIL: false, THROTTLE_ENABLED: false })
  })
  after(() => worker.stop())

  const user = (...parameters: string[]) => worker.project.run('user', parameters)
  const setPassword = (email: string, word: string) =>
    worker.project.feed('user', ['set-password', email], word)

  async function call(method: string, path: string, json?: object, token?: string) {
    const response = await fetch(worker.url + path, {
      method,
      headers: {
        'content-type': 'application/json',
        'user-agent': firefox,
        ...(token && { authorization: token }),
      },
      ...(json && { body: JSON.stringify(json) }),
    })
    const text = await response.text()
    return { status: response.status, body: text && JSON.parse(text) } as Answer
  }
  const logIn = (email: string, word = password) =>
    call('POST', '/auth/jwt/create/', { email, password: word })
  const statusOf = async (access: string | undefined) =>
    (await call('GET', '/auth/users/me/', undefined, `Bearer ${access}`)).status
  const refreshed = async (refresh: string | undefined) =>
    (await call('POST', '/auth/jwt/refresh/', { refresh })).status

  /** A user with two sessions and a key. */
  async function signUpUser(email: string, names: object = {}) {
    const person = { email, password, first_name: 'Ada', last_name: 'Lovelace', ...names }
    assert.equal((await call('POST', '/auth/users/', person)).status, 201)
    const [one, two] = [(await logIn(email)).body, (await logIn(email)).body]
    const { body } = await call('POST', '/auth/token/login/', { email, password })
    return { email, one, two, key: `Token ${body.auth_token}` }
  }
  async function eventsOf(email: string, word = password) {
    const { body } = await logIn(email, word)
    const path = '/auth/users/me/events/'
    const events = (await call('GET', path, undefined, `Bearer ${body.access}`)).body
    return events.map(({ type, detail, actor }) => [type, detail, actor])
  }

  test('disable ends sessions and keys; enable allows a new login', async () => {
    const { email, one, key } = await signUpUser('disabled@example.com')
    const bystander = await signUpUser('bystander@example.com')

    const disabled = await user('disable', email)

    assert.deepEqual(disabled, { status: 0, output: `${email} (#1) is disabled.\n` })
    assert.equal(await statusOf(one.access), 401)
    assert.equal(await refreshed(one.refresh), 401)
    assert.equal((await call('GET', '/auth/users/me/', undefined, key)).status, 401)
    assert.equal((await logIn(email)).status, 401)
    assert.equal(await statusOf(bystander.one.access), 200)
    assert.match((await user('disable', email)).output, /is already disabled/)

    assert.deepEqual(await user('enable', '--id', '1'), {
      status: 0,
      output: `${email} (#1) is active.\n`,
    })
    assert.equal(await refreshed(one.refresh), 401)
    const changes = (await eventsOf(email)).filter(([type]) => type === 'status_changed')
    assert.deepEqual(changes, [
      ['status_changed', 'active', 0],
      ['status_changed', 'disabled', 0],
    ])
    assert.match((await user('enable', email)).output, /is not disabled\. The status is active\./)
  })

  test('enable leaves an account pending if its email was never confirmed', async () => {
    const email = 'waiting@example.com'
    const { body } = await call('POST', '/auth/users/', {
      ...{ email, password, first_name: 'Ada', last_name: 'Lovelace' },
    })
    const name = `${email} (#${body.id})`
    await ask(`update users set status = 'pending' where email = '${email}'`)
    await user('disable', email)

    assert.deepEqual(await user('enable', email), {
      status: 0,
      output: `${name} is pending again: the user must still confirm the email.\n`,
    })
    assert.equal((await logIn(email)).status, 401)
  })

  test('set-password revokes sessions, keys and links, and notifies the owner', async () => {
    const { email, one, key } = await signUpUser('forgetful@example.com')
    await call('POST', '/auth/users/reset_password/', { email })

    const { status, output } = await setPassword(email, `${geese}\n`)

    assert.equal(status, 0, output)
    assert.match(output, /has a new password/)
    assert.equal((await logIn(email)).status, 401)
    assert.deepEqual([await statusOf(one.access), await refreshed(one.refresh)], [401, 401])
    assert.equal((await call('GET', '/auth/users/me/', undefined, key)).status, 401)
    const events = await eventsOf(email, geese)
    assert.deepEqual(events[2], ['password_changed', 'reset', 0])
    const [link] = await mailTo(email)
    const reset = { uid: link?.uid, token: link?.token, new_password: 'a herd of zebras' }
    assert.equal((await call('POST', '/auth/users/reset_password_confirm/', reset)).status, 400)
    const { requests } = await ask(`select count(*) as requests from mail_outbox
      where kind = 'password_changed_confirmation' and recipient = '${email}'`)
    assert.equal(requests, 1)
  })

  async function mailTo(address: string) {
    const { body } = await call('GET', '/dev/mailbox/')
    const results = (body as unknown as { results: Record<string, string>[] }).results
    return results.filter(({ to }) => to === address)
  }
  async function ask(question: string) {
    const { output } = await worker.project.runScript('wrangler/bin/wrangler.js', [
      ...['d1', 'execute', 'DB', '--local', '--json', '--command', question],
    ])
    return JSON.parse(output.slice(output.indexOf('[')))[0].results[0]
  }

  test('sessions lists sessions; end-sessions revokes one or all', async () => {
    const { email, one, two, key } = await signUpUser('travelling@example.com')

    const { output } = await user('sessions', email)
    const rows = output.trim().split('\n')
    assert.equal(rows.length, 3)
    assert.match(rows[1] ?? '', /^[0-9a-f]{32} {2}Firefox, Linux {2}/)
    const id = JSON.parse(atob(one.access?.split('.')[1] ?? '')).sid
    assert.ok(output.includes(id))

    const ended = await user('end-sessions', email, id)
    assert.deepEqual(ended, {
      status: 0,
      output: `The session of ${email} (#5) is revoked.\n`,
    })
    assert.deepEqual([await statusOf(one.access), await refreshed(one.refresh)], [401, 401])
    assert.equal(await refreshed(two.refresh), 200)
    const again = await user('end-sessions', email, id)
    assert.match(again.output, /has no active session/)
    assert.equal(again.status, 1)
    const other = await user('end-sessions', 'bystander@example.com', id)
    assert.match(other.output, /has no active session/)
    assert.match((await user('sessions', email, '--all')).output, /Z user$/m)

    assert.equal((await user('end-sessions', email)).status, 0)
    assert.equal(await refreshed(two.refresh), 401)
    assert.equal((await call('GET', '/auth/users/me/', undefined, key)).status, 401)
    assert.match((await user('sessions', email)).output, /is not logged in/)
    assert.deepEqual((await eventsOf(email)).slice(1, 3), [
      ['session_revoked', 'all_others', 0],
      ['session_revoked', 'by_staff', 0],
    ])
  })

  test('list and show print users, without a hash', async () => {
    await signUpUser('shown@example.com', { first_name: "O'Hara; drop table users; --" })

    const { output } = await user('list', '--search', "shown o'hara")
    assert.match(output, /^id +email +username +status +rights +joined +last login\n\d+ +shown@/)
    assert.equal(output.trim().split('\n').length, 2)
    const { output: few } = await user('list', '--limit', '2')
    assert.match(few, /^Only the newest 2 users\. --limit N shows more\.$/m)
    await ask(
      "update users set is_staff = 1 where email in ('shown@example.com', 'disabled@example.com')",
    )
    await ask("update users set status = 'disabled' where email = 'disabled@example.com'")
    const { output: active } = await user('list', '--staff', '--status', 'active')
    assert.match(active, /^id[^\n]*\n\d+ +shown@example\.com +active +staff [^\n]*\n$/)
    const people = JSON.parse((await user('list', '--json')).output)
    assert.ok(people.every((person: object) => 'date_joined' in person && !('password' in person)))
    const { output: shown } = await user('show', 'SHOWN@example.com')
    assert.match(shown, /^password: +argon2$/m)
    assert.match(shown, /^active sessions: +2$/m)
    assert.match(shown, /^first_name: +O'Hara; drop table users; --$/m)
    assert.ok(!shown.includes('argon2id'))
  })

  const moves = (text: string) => ['\u001b', '\u009b', '\u202e'].some((each) => text.includes(each))

  test('a hostile name is escaped, and moves no cursor', async () => {
    const hostile = "x'); delete from users; --?\u001b[2J\u202e\u009b31m\n#1"
    await signUpUser('hostile@example.com', { first_name: hostile.replaceAll('\n', ' ') })
    for (const name of [hostile, '%', '#1 or 1=1', '#99999999999999999999']) {
      const { status, output } = await user('disable', name)
      assert.equal(status, 1)
      assert.match(output, /^No user matches /)
      assert.ok(!moves(output))
    }
    for (const parameters of [
      ['show', 'hostile@example.com'],
      ['list', '--json'],
    ]) {
      const { output } = await user(...parameters)
      assert.match(output, /\\u001b\[2J\\u202e\\u009b31m/)
      assert.ok(!moves(output))
    }
    assert.equal((await logIn('hostile@example.com')).status, 200)
  })

  test('an email that several users have must be replaced by an id', async () => {
    const statements = [1, 2].map(
      (i) => `insert into users (email, username, password, status, date_joined)
        values ('twins@example.com', 'twin${i}', '!', 'active', 0)`,
    )
    await ask(statements.join(';'))
    const { status, output } = await user('disable', 'twins@example.com')
    assert.equal(status, 1)
    assert.match(
      output,
      /^twins@example\.com matches several users\. Name one of them by --id \d+, --id \d+\.$/m,
    )
    assert.equal((await user('disable', 'twin1')).status, 0)
    assert.match((await user('show', 'twin1')).output, /^password: +none$/m)
    assert.match((await user('show', 'twin2')).output, /^status: +active$/m)
  })

  test('set-password also asks PWNED_PASSWORDS_URL', async () => {
    const { email } = await signUpUser('breached@example.com')
    const hash = createHash('sha1').update(geese).digest('hex').toUpperCase()
    const pwned = createServer((_, response) => response.end(`${hash.slice(5)}:7`))
    await once(pwned.listen(0, '127.0.0.1'), 'listening')
    const vars = [
      'PWNED_PASSWORDS:true',
      'PWNED_PASSWORDS_FAIL_OPEN:false',
      `PWNED_PASSWORDS_URL:http://127.0.0.1:${portOf(pwned)}`,
    ].flatMap((assignment) => ['--var', assignment])
    const set = (word: string) =>
      worker.project.feed('user', ['set-password', email, ...vars], word)

    assert.deepEqual(await set(geese), { status: 1, output: 'This password is too common.\n' })
    assert.equal((await set('a herd of zebras')).status, 0)
    pwned.close()
  })
})
