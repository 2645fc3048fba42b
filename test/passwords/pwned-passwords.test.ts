// PWNED_PASSWORDS: new passwords are looked up among those known from breaches (test/fakes/pwned.ts).

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { counting } from '../budgets/counting.ts'
import { loggedIn, newEmail, password } from '../support/people.ts'

const leaked = 'a flock of geese'
const unleaked = 'a murder of crows'
const tooCommon = ['This password is too common.']
const unchecked = ['This password could not be checked, try again later.']

let logged = ''
beforeEach(() => {
  logged = ''
  vi.spyOn(console, 'error').mockImplementation((...values) => {
    logged += JSON.stringify(values)
  })
})
afterEach(() => vi.restoreAllMocks())

/** Starts a service that knows the leaked password. Returns the settings that make Gatehouse ask that service. */
async function startService(options: { lines?: string; oddity?: string } = {}) {
  const address = `https://pwned.test/${crypto.randomUUID()}`
  const others = `${'0'.repeat(35)}:3\r\n${'F'.repeat(35)}:0\r\n`
  const lines = options.lines ?? `${others}${(await sha1(leaked)).slice(5)}:12`
  const answer = (oddity = '') =>
    fetch(`${address}?oddity=${oddity}`, { method: 'PUT', body: lines })
  await answer(options.oddity)
  const requests = async (): Promise<LookupRequest[]> => (await fetch(address)).json()
  const vars = {
    PWNED_PASSWORDS: true,
    PWNED_PASSWORDS_URL: address,
    PWNED_PASSWORDS_TIMEOUT: 10,
    SEND_ACTIVATION_EMAIL: false,
    REGISTER: true,
    REGISTER_ERROR_STATUS: 400,
  }
  return { vars, requests, recover: () => answer() }
}

interface LookupRequest {
  method: string
  url: string
  headers: Record<string, string>
  body: string
}

async function sha1(text: string) {
  const digest = await crypto.subtle.digest('SHA-1', new TextEncoder().encode(text))
  return Buffer.from(digest).toString('hex').toUpperCase()
}

const signUp = (password: string) => ({
  ...{ email: newEmail(), password },
  ...{ first_name: 'Ada', last_name: 'Lovelace' },
})

/** The errors of a new password, at each place that sets one; undefined if it is accepted. */
const places: Record<string, (vars: object, password: string) => Promise<unknown>> = {
  'sign-up': async (vars, password) => {
    const { api } = counting({ ...vars })
    return (await api.post('/auth/users/', signUp(password))).body.password
  },
  'POST /register/': async (vars, password) => {
    const { api } = counting({ ...vars })
    return (await api.post('/register/', signUp(password))).body.errors?.password
  },
  set_password: async (vars, new_password) => {
    const { access } = await loggedIn()
    const { api } = counting({ ...vars })
    const sent = { new_password, current_password: password }
    return (await api.post('/auth/users/set_password/', sent, { token: access })).body.new_password
  },
  reset_password_confirm: async (vars, new_password) => {
    const { api } = counting({ ...vars })
    const sent = { ...(await resetLink()), new_password }
    return (await api.post('/auth/users/reset_password_confirm/', sent)).body.new_password
  },
  'the reset page': async (vars, new_password) => {
    const { api } = counting({ ...vars })
    const form = { ...(await resetLink()), new_password, re_new_password: new_password }
    const { body } = await api.send('POST', '/reset-password/', { form })
    return /<div class="problems".*?<p>(.*?)<\/p>/s.exec(body)?.slice(1)
  },
}

async function resetLink() {
  const { api, email } = await loggedIn()
  await api.post('/auth/users/reset_password/', { email })
  const [{ uid, token }] = await api.mail(email)
  return { uid, token }
}

describe.each(Object.entries(places))('a new password at %s', (_, errorsOf) => {
  test('is rejected if it is known from breaches, and accepted if not', async () => {
    const { vars } = await startService()

    expect(await errorsOf(vars, leaked)).toEqual(tooCommon)
    expect(await errorsOf(vars, unleaked)).toBeUndefined()
    expect(logged).toBe('')
  })

  test('is accepted if the lookup fails, unless PWNED_PASSWORDS_FAIL_OPEN is false', async () => {
    const { vars } = await startService({ oddity: 'breaks' })

    expect(await errorsOf(vars, leaked)).toBeUndefined()
    const strict = { ...vars, PWNED_PASSWORDS_FAIL_OPEN: false }
    expect(await errorsOf(strict, unleaked)).toEqual(unchecked)
  })

  test('is not looked up if PWNED_PASSWORDS is off, or another validator rejects it', async () => {
    const { vars, requests } = await startService()
    const { PWNED_PASSWORDS: _on, ...off } = vars

    expect(await errorsOf(off, leaked)).toBeUndefined()
    expect(await errorsOf(vars, 'geese')).toHaveLength(1)
    expect(await errorsOf(vars, 'Lovelace1')).toHaveLength(1)
    expect(await requests()).toEqual([])
  })
})

describe('a lookup', () => {
  test('sends five digits of the hash, and nothing about the user', async () => {
    const { vars, requests } = await startService()
    await places.set_password?.(vars, unleaked)

    const [request, ...more] = await requests()
    expect(more).toEqual([])
    const hash = await sha1(unleaked)
    const path = new URL(vars.PWNED_PASSWORDS_URL).pathname
    expect(request).toMatchObject({
      method: 'GET',
      url: `${path}/range/${hash.slice(0, 5)}`,
      headers: { 'add-padding': 'true' },
      body: '',
    })
    const names = Object.keys(request?.headers ?? {})
    for (const name of ['authorization', 'cookie', 'cf-connecting-ip', 'x-forwarded-for']) {
      expect(names).not.toContain(name)
    }
    expect(JSON.stringify(request)).not.toContain(hash.slice(5))
    expect(JSON.stringify(request)).not.toContain(encodeURIComponent(unleaked))
  })

  test('is cached, while another range is looked up', async () => {
    const { vars, requests } = await startService()
    for (const each of [leaked, leaked, unleaked, leaked]) await places['sign-up']?.(vars, each)

    expect(await requests()).toHaveLength(2)
  })

  test('is not made for a request without a valid link', async () => {
    const { vars, requests } = await startService()
    const { api } = counting({ ...vars })
    const sent = { ...(await resetLink()), new_password: leaked }
    const path = '/auth/users/reset_password_confirm/'

    expect((await api.post(path, { ...sent, uid: 'x' })).body).toHaveProperty('uid')
    expect((await api.post(path, { ...sent, token: 'x' })).body).toHaveProperty('token')
    expect(await requests()).toEqual([])
  })

  test('takes no round trip to D1', async () => {
    const { vars } = await startService()
    const { access } = await loggedIn()
    const link = await resetLink()
    const { api, roundTrips } = counting({ ...vars })

    expect((await api.post('/auth/users/', signUp(unleaked))).status).toBe(201)
    expect(roundTrips()).toBe(1)
    const change = { new_password: unleaked, current_password: password }
    await api.post('/auth/users/set_password/', change, { token: access })
    expect(roundTrips()).toBe(3)
    await api.post('/auth/users/reset_password_confirm/', { ...link, new_password: unleaked })
    expect(roundTrips()).toBe(5)
  })
})

describe('the answer to a lookup', () => {
  test('can have lines of padding with the count 0, which are ignored', async () => {
    const suffix = (await sha1(leaked)).slice(5)
    const { vars } = await startService({ lines: `${suffix}:0\r\n${'0'.repeat(35)}:3` })

    expect(await places['sign-up']?.(vars, leaked)).toBeUndefined()
  })

  test('is used even if it cannot be cached', async () => {
    const { vars, requests } = await startService()
    vi.spyOn(caches.default, 'put').mockRejectedValue(new Error('the cache is full'))

    expect(await places['sign-up']?.(vars, leaked)).toEqual(tooCommon)
    expect(await places['sign-up']?.(vars, leaked)).toEqual(tooCommon)
    expect(await requests()).toHaveLength(2)
  })

  test.each([
    ...['hangs', 'hangs midway', 'hangs up', 'breaks', 'refuses', 'redirects'],
    ...['garbles', 'says nothing', 'floods'],
  ])(
    'from a service that %s is a failed lookup: the setting decides, and the next password is looked up again',
    async (oddity) => {
      const { vars, requests, recover } = await startService({ oddity })
      const hasty = oddity.startsWith('hangs') ? { PWNED_PASSWORDS_TIMEOUT: '0.2' } : {}
      const strict = { ...vars, ...hasty, PWNED_PASSWORDS_FAIL_OPEN: false }

      expect(await places['sign-up']?.({ ...vars, ...hasty }, leaked)).toBeUndefined()
      expect(await places['sign-up']?.(strict, leaked)).toEqual(unchecked)
      await recover()
      expect(await places['sign-up']?.(vars, leaked)).toEqual(tooCommon)
      expect(await requests()).toHaveLength(3)
    },
  )

  test('is logged if it is a failure, without the password, its hash or the digits that were sent', async () => {
    for (const oddity of ['hangs up', 'breaks', 'redirects', 'garbles']) {
      const { vars } = await startService({ oddity })
      await places['sign-up']?.(vars, leaked)
    }

    const hash = await sha1(leaked)
    expect(logged.split('pwned passwords lookup failed')).toHaveLength(5)
    expect(logged).toContain('the status is 500')
    for (const secret of [leaked, hash, hash.slice(0, 5), hash.slice(5)]) {
      expect(logged.toUpperCase()).not.toContain(secret.toUpperCase())
    }
  })
})
