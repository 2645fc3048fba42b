// Languages of a deployer's own, and other words for Spanish.

import { afterEach, describe, expect, test } from 'vitest'
import { useHooks } from '../../src/hooks.ts'
import { sentences } from '../../src/i18n/sentences.ts'
import { useLanguages } from '../../src/i18n/translations.ts'
import { client } from '../support/api.ts'
import { spyOnErrors } from '../support/logs.ts'
import { newPerson } from '../support/people.ts'

afterEach(() => {
  useLanguages({})
  useHooks({})
})

const de = {
  sentences: {
    'Not found.': 'Nicht gefunden.',
    'Ensure this field has no more than {} characters.': 'Höchstens {} Zeichen.',
    'Account activation on {}': 'Ihr Konto bei {}',
    'This link does not work': 'Dieser Link geht nicht',
    'By invitation only.': 'Nur mit Einladung.',
  },
}
const german = { headers: { 'accept-language': 'de-CH,es;q=0.5' } }
const i18n = { USE_I18N: true }

describe('a language of the deployer’s', () => {
  test('is chosen by Accept-Language in errors, pages and own sentences; the rest stays English', async () => {
    useLanguages({ de })
    useHooks({ beforeSignUp: () => ({ errors: { non_field_errors: ['By invitation only.'] } }) })
    const api = client(i18n)
    const missing = await api.get('/nothing/', german)
    expect(missing.body).toEqual({ detail: 'Nicht gefunden.' })
    expect(missing.headers.get('content-language')).toBe('de')
    const person = newPerson()
    const long = await api.post('/auth/users/', { ...person, first_name: 'x'.repeat(256) }, german)
    expect(long.body).toEqual({ first_name: ['Höchstens 255 Zeichen.'] })
    const refused = await api.post('/auth/users/', person, german)
    expect(refused.body).toEqual({ non_field_errors: ['Nur mit Einladung.'] })
    const { body } = await api.get('/activate/?uid=MQ&token=t', german)
    expect(body).toContain('<html lang="de">')
    expect(body).toContain('Dieser Link geht nicht')
    expect(body).toContain('Send me a new link')
  })

  test('may be LANGUAGE_CODE, and then is the language of email', async () => {
    const site = client({ ...i18n, LANGUAGE_CODE: 'de-at', EMAIL_FRONTEND_SITE_NAME: 'Gartenhaus' })
    const errors = spyOnErrors()
    expect((await site.get('/nothing/')).status).toBe(500)
    expect(JSON.stringify(errors.mock.calls)).toContain('it must be one of en, es')
    errors.mockRestore()

    useLanguages({ de })
    const sent = newPerson()
    const api = client({ ...i18n, LANGUAGE_CODE: 'de-at', EMAIL_FRONTEND_SITE_NAME: 'Gartenhaus' })
    expect((await api.post('/auth/users/', sent)).status).toBe(201)
    const [mail] = await api.mail(sent.email)
    expect(mail.subject).toBe('Ihr Konto bei Gartenhaus')
  })

  test('uses the words for Django’s user model only where users log in by username', async () => {
    const similar = 'The password is too similar to the username.'
    useLanguages({
      de: {
        sentences: { 'The password is too similar to the {}.': 'Zu ähnlich: {}.' },
        djangoUserModel: { [similar]: 'Zu ähnlich: Benutzername.' },
      },
    })
    const weak = { ...newPerson(), username: 'ada-lovelace', password: 'ada-lovelace1' }
    const byUsername = client({ ...i18n, LOGIN_FIELD: 'username' })
    const { body } = await byUsername.post('/auth/users/', weak, german)
    expect(body).toEqual({ password: ['Zu ähnlich: Benutzername.'] })
  })

  test('for Spanish replaces single sentences, and is gone when it is taken away', async () => {
    const spanish = { headers: { 'accept-language': 'es' } }
    useLanguages({ es: { sentences: { 'Not found.': 'No está.' } } })
    const api = client(i18n)
    expect((await api.get('/nothing/', spanish)).body).toEqual({ detail: 'No está.' })
    const { body } = await api.post('/auth/jwt/create/', {}, spanish)
    expect(body.password).toEqual(['Este campo es requerido.'])
    useLanguages({})
    const after = await client(i18n).get('/nothing/', spanish)
    expect(after.body).toEqual({ detail: 'No encontrado.' })
  })
})

test.each([
  ['en', {}, '"en" must be a code such as "de" or "pt-br"; English is in the code'],
  ['de_AT', {}, '"de_AT" must be a code such as "de" or "pt-br"; English is in the code'],
  ['de', { 'Hello {},': 'Hallo!' }, 'de: the translation must have as many {} as "Hello {},"'],
])('a language that cannot work is an error at start: %s', (code, own, error) => {
  expect(() => useLanguages({ [code]: { sentences: own } })).toThrow(
    new TypeError(`languages: ${error}`),
  )
})

test('a translator may begin with the list of sentences', () => {
  const copy = Object.fromEntries(sentences.map((sentence) => [sentence, sentence]))
  expect(() => useLanguages({ de: { sentences: copy } })).not.toThrow()
})
