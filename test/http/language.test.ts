// Responses, pages and mail in the client's language, with USE_I18N. test/conformance/scenarios/languages.ts compares
// the choice of the language and each sentence with Django.

import { describe, expect, test } from 'vitest'
import { client } from '../support/api.ts'
import { loggedIn, newEmail, password, person } from '../support/people.ts'

const i18n = { USE_I18N: true }
const inSpanish = { headers: { 'accept-language': 'es-MX,en;q=0.5' } }
const ada = (email: string) => ({ email, password, first_name: 'Ada', last_name: 'Lovelace' })

describe('without USE_I18N', () => {
  test('everything is in English, without the headers of a language', async () => {
    const api = client({ LANGUAGE_CODE: 'es' })
    const { body, headers } = await api.post('/auth/jwt/create/', {}, inSpanish)

    expect(body.password).toEqual(['This field is required.'])
    expect(headers.get('content-language')).toBeNull()
    expect(headers.get('vary')).not.toMatch(/language/i)
    expect((await api.get('/activate/', inSpanish)).body).toContain('<html lang="en">')
  })
})

describe('with USE_I18N', () => {
  test('every response names its language, and varies by it', async () => {
    const { api, access } = await loggedIn(i18n)
    const request = { token: access, ...inSpanish }
    const answers = [
      await api.get('/auth/users/me/', request),
      await api.get('/nothing/', request),
      await api.get('/activate/', request),
      await api.post('/auth/users/activation/', {}, request),
      await api.send('OPTIONS', '/auth/users/me/', request),
    ]
    for (const { headers } of answers) {
      expect(headers.get('content-language')).toBe('es')
      expect(headers.get('vary')?.split(', ')).toContain('Accept-Language')
    }
    expect(answers[1]?.body).toEqual({ detail: 'No encontrado.' })
  })

  test('a client that requests no known language gets LANGUAGE_CODE', async () => {
    const french = { headers: { 'accept-language': 'fr' } }
    const site = client({ ...i18n, LANGUAGE_CODE: 'es-AR' })

    expect((await client(i18n).get('/nothing/', french)).body).toEqual({ detail: 'Not found.' })
    expect((await site.get('/nothing/', french)).body).toEqual({ detail: 'No encontrado.' })
    expect((await site.get('/nothing/')).body).toEqual({ detail: 'No encontrado.' })
    const english = { headers: { 'accept-language': 'en-GB' } }
    expect((await site.get('/nothing/', english)).body).toEqual({ detail: 'Not found.' })
  })

  test('a sentence quotes the sent value unchanged', async () => {
    const api = client({ ...i18n, SIGNUP_ROLES: 'buyer,seller' })
    const role = 'Not found." is not a valid choice. {} $& "x'
    const { body } = await api.post('/auth/users/', { ...ada(newEmail()), role }, inSpanish)

    expect(body).toEqual({ role: [`"${role}" no es una elección válida.`] })
  })

  test('the rate limit is translated too', async () => {
    const api = client(i18n)
    const all = await Promise.all(
      Array.from({ length: 61 }, () => api.post('/auth/users/reset_password/', {}, inSpanish)),
    )
    expect(all.find(({ status }) => status === 429)?.body).toEqual({
      detail: 'Solicitud fue regulada (throttled). Se espera que esté disponible en 60 segundos.',
    })
  })

  test('a body over the limit is rejected in the requested language', async () => {
    const api = client({ ...i18n, DATA_UPLOAD_MAX_MEMORY_SIZE: 1024 })
    const { status, body } = await api.post('/auth/users/', { a: 'a'.repeat(2000) }, inSpanish)

    expect([status, body.detail]).toEqual([
      413,
      'El cuerpo de la solicitud supera DATA_UPLOAD_MAX_MEMORY_SIZE.',
    ])
  })

  test('/register/ wraps the translated errors in its envelope', async () => {
    const { body } = await client({ ...i18n, REGISTER: true }).post('/register/', {}, inSpanish)

    expect(body.message).toBe('something went wrong')
    expect(body.errors.email).toEqual(['Este campo es requerido.'])
  })

  test('the fields of Django’s own user have Spanish names, and those of another user model do not', async () => {
    const first_name = 'Featherstone'
    const similar = { first_name, last_name: 'Lee', password: 'featherstone' }
    const names = { LOGIN_FIELD: 'username', REQUIRED_FIELDS: 'first_name,last_name' }
    const byName = await client({ ...i18n, ...names }).post(
      '/auth/users/',
      { ...similar, username: 'ada' },
      inSpanish,
    )
    const byEmail = await client(i18n).post(
      '/auth/users/',
      { ...similar, email: newEmail() },
      inSpanish,
    )

    expect(byName.body.password).toEqual(['La contraseña es demasiado similar a la de nombre.'])
    expect(byEmail.body.password).toEqual([
      'La contraseña es demasiado similar a la de first name.',
    ])
  })

  test('a page and its errors are in one language', async () => {
    const { api, email } = await person(i18n)
    await api.post('/auth/users/reset_password/', { email })
    const [{ uid, token }] = await api.mail(email)
    const form = { uid, token, new_password: '123', re_new_password: 'qq-zz' }

    const page = await api.get(`/reset-password/?uid=${uid}&token=${token}`, inSpanish)
    expect(page.body).toMatch(/^<!doctype html><html lang="es">/)
    expect(page.body).toContain('<h1>Elija una contraseña nueva</h1>')
    const refused = await api.send('POST', '/reset-password/', { form, ...inSpanish })
    expect(refused.body).toContain('La contraseña es demasiado corta.')
    expect(refused.body).toContain('El contenido de los dos campos de contraseña no coincide.')
    const right = { ...form, new_password: 'a flock of geese', re_new_password: 'a flock of geese' }
    const done = await api.send('POST', '/reset-password/', { form: right, ...inSpanish })
    expect(done.body).toContain('Su contraseña ha cambiado')
    const usedLink = await api.send('POST', '/reset-password/', { form: right, ...inSpanish })
    expect(usedLink.body).toContain('Este enlace no funciona')
  })

  test('mail is in the language of the site, whatever the client requests', async () => {
    const api = client({ ...i18n, LANGUAGE_CODE: 'es', EMAIL_FRONTEND_SITE_NAME: 'Garza' })
    const email = newEmail()
    await api.post('/auth/users/', ada(email), { headers: { 'accept-language': 'en' } })
    const [mail] = await api.mail(email)

    expect(mail.subject).toBe('Activación de la cuenta Garza')
    expect(mail.text).toMatch(/^Hola:\n\nEsta dirección de correo se indicó para una cuenta en/)
    expect(mail.text).toContain('El enlace funciona durante 3 días y una sola vez.')
    expect(mail.text).toMatch(/\n\nEl equipo de Garza\n$/)
    expect(mail.html).toContain('<html lang="es">')
  })
})
