// A body is decoded by the charset that Content-Type names, as in Django. The expected answers are those of a running
// Django 5.2 with REST framework 3.18.

import { describe, expect, test } from 'vitest'
import { client } from '../support/api.ts'
import { newEmail, password } from '../support/people.ts'

const vars = { SEND_ACTIVATION_EMAIL: 'false', THROTTLE_ENABLED: 'false' }
const form = 'application/x-www-form-urlencoded'

/** The bytes of a text, one for each character up to `\xff`. */
const bytesOf = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0))

const signUp = async (body: string, contentType: string) => {
  const headers = { 'content-type': contentType }
  const sent = { headers, body: bytesOf(body) }
  const answer = await client(vars).send('POST', '/auth/users/', sent)
  return { status: answer.status, name: answer.body.first_name, body: answer.body }
}

const asForm = (name: string) => {
  const secret = password.replaceAll(' ', '+')
  return `email=${newEmail()}&password=${secret}&last_name=N&first_name=${name}`
}

const asJson = (name: string) =>
  `{"email":"${newEmail()}","password":"${password}","last_name":"N","first_name":"${name}"}`

const asMultipart = (name: string, more = '') => {
  const fields = { email: newEmail(), password, last_name: 'N' }
  const part = (key: string, value: string, head = '') =>
    `--b\r\nContent-Disposition: form-data; name="${key}"${head}\r\n\r\n${value}\r\n`
  const parts = Object.entries(fields).map(([key, value]) => part(key, value))
  return `${parts.join('')}${part('first_name', name, more)}--b--\r\n`
}

describe('a form', () => {
  test.each([
    ['; charset=ISO-8859-1', 'Jos%E9', 'José'],
    ['; charset=ISO-8859-1', 'Jos\xe9', 'José'],
    ['; charset="iso-8859-1"', 'Jos%E9', 'José'],
    ['; charset=latin1', 'Jos%80%A0x', 'Jos\u0080\u00a0x'],
    ['; charset=windows-1252', 'Jos%80', 'Jos€'],
    ['; charset=iso-8859-15', 'Jos%A4', 'Jos€'],
    ['; charset=koi8-r', '%C1', 'а'],
    ['; charset=Shift_JIS', '%83%65', 'テ'],
    ['; charset=Shift_JIS', '\x83\x65', 'テ'],
    ['; charset=Shift_JIS', '%83', '\ufffd'],
    ['; charset=us-ascii', 'Jos%E9', 'Jos\ufffd'],
    ['; charset=us-ascii', 'Jos\xe9', 'José'],
    ['; charset=utf-8', 'Jos%C3%A9', 'José'],
    ['; charset=UTF_8', 'Jos%C3%A9', 'José'],
    ['; charset=', 'Jos%C3%A9', 'José'],
    ['', 'Jos\xc3\xa9', 'José'],
    ['', 'Jos%E9', 'Jos\ufffd'],
    ['', 'Jos\xe9', 'José'],
    ['', 'Jos%C3%A9\xe9', 'Joséé'],
    ['; charset=ISO-8859-1; charset=utf-8', 'Jos%C3%A9', 'José'],
    ['', 'a%zz%4', 'a%zz%4'],
    ['', 'a%2Bb+c', 'a+b c'],
  ])('with the type …%s reads %j as %j', async (charset, sent, name) => {
    const answer = await signUp(asForm(sent), form + charset)
    expect([answer.status, answer.name]).toEqual([201, name])
  })

  test('in UTF-16 has no known field; with half a character it is read as Latin-1, as in Django', async () => {
    const sent = asForm('Jos')
    const [even, odd] = sent.length % 2 === 0 ? [sent, `${sent}e`] : [`${sent}e`, sent]
    const decoded = await signUp(even, `${form}; charset=utf-16`)
    const latin1 = await signUp(odd, `${form}; charset=utf-16`)

    expect([decoded.status, decoded.body.email]).toEqual([400, ['This field is required.']])
    expect(latin1.status).toBe(201)
  })
})

describe('JSON', () => {
  test.each([
    ['; charset=ISO-8859-1', 'Jos\xe9'],
    ['; charset=utf-8', 'Jos\xc3\xa9'],
    ['', 'Jos\xc3\xa9'],
  ])('with the type …%s is decoded by that charset', async (charset, sent) => {
    const { status, name } = await signUp(asJson(sent), `application/json${charset}`)
    expect([status, name]).toEqual([201, 'José'])
  })

  test.each(['', '; charset=utf-8', '; charset=us-ascii', '; charset=euc-jp'])(
    'with the type …%s is rejected if a byte is invalid in it',
    async (charset) => {
      const { status, body } = await signUp(asJson('Jos\xe9'), `application/json${charset}`)
      expect(status).toBe(400)
      expect(body.detail).toMatch(/^JSON parse error - /)
    },
  )
})

describe('a multipart form', () => {
  const multipart = 'multipart/form-data; boundary=b'

  test.each([
    ['; charset=ISO-8859-1', 'Jos\xe9', 'José'],
    ['; charset=shift_jis', '\x83\x65', 'テ'],
    ['', 'Jos\xc3\xa9', 'José'],
    ['', 'Jos\xe9', 'Jos\ufffd'],
  ])('with the type …%s reads %j as %j', async (charset, sent, name) => {
    const answer = await signUp(asMultipart(sent), multipart + charset)
    expect([answer.status, answer.name]).toEqual([201, name])
  })

  test('ignores the charset of a part', async () => {
    const type = '\r\nContent-Type: text/plain; charset=ISO-8859-1'
    const { name } = await signUp(asMultipart('Jos\xe9', type), multipart)
    expect(name).toBe('Jos\ufffd')
  })
})

test.each([...['nonsense', 'bz2', 'hex', 'utf-7', 'iso-2022-cn', 'x'.repeat(5000)]])(
  'the charset %s is rejected for any body',
  async (charset) => {
    for (const [type, body] of [
      [form, asForm('Jos')],
      ['application/json', asJson('Jos')],
      ['multipart/form-data; boundary=b', asMultipart('Jos')],
    ] as const) {
      const contentType = `${type}; charset=${charset}`
      const answer = await signUp(body, contentType)
      const detail = `Unsupported media type "${contentType}" in request.`
      expect([answer.status, answer.body]).toEqual([415, { detail }])
    }
  },
)

describe('more fields than DATA_UPLOAD_MAX_NUMBER_FIELDS', () => {
  const tooMany = {
    detail: 'The number of GET/POST parameters exceeded settings.DATA_UPLOAD_MAX_NUMBER_FIELDS.',
  }
  const send = (body: string, contentType: string, more = {}) =>
    client({ ...vars, ...more }).send('POST', '/auth/jwt/create/', {
      headers: { 'content-type': contentType },
      body: bytesOf(body),
    })
  const manyFields = (count: number) => Array.from({ length: count }, (_, i) => `a${i}=1`).join('&')
  const manyParts = (count: number) => {
    const part = (i: number) => `--b\r\nContent-Disposition: form-data; name="a${i}"\r\n\r\n1\r\n`
    return `${Array.from({ length: count }, (_, i) => part(i)).join('')}--b--\r\n`
  }
  const multipart = 'multipart/form-data; boundary=b'

  test('are rejected in a form, and empty fields count', async () => {
    expect((await send(manyFields(1000), form)).body.email).toEqual(['This field is required.'])
    for (const body of [manyFields(1001), `${manyFields(1000)}&`, '&'.repeat(60_000)]) {
      const answer = await send(body, form)
      expect([answer.status, answer.body]).toEqual([400, tooMany])
    }
  })

  test('are rejected in a multipart form', async () => {
    expect((await send(manyParts(1000), multipart)).body.email).toBeDefined()
    const answer = await send(manyParts(1001), multipart)
    expect([answer.status, answer.body]).toEqual([400, tooMany])
  })

  test('are a limit that the setting changes', async () => {
    const answer = await send('a=1&b=2&c=3', form, { DATA_UPLOAD_MAX_NUMBER_FIELDS: 2 })
    expect([answer.status, answer.body]).toEqual([400, tooMany])
  })
})
