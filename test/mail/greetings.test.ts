// An attacker can sign up with the address of another person. The name that they enter must not reach that mailbox.

import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { client } from '../support/api.ts'
import { logIn, newEmail, password, person } from '../support/people.ts'

const verify = (email: string) =>
  env.DB.prepare('update users set email_verified_at = ? where email = ?')
    .bind(Date.now(), email)
    .run()

test.each([
  'Your account is locked, call +1 888 555 0100 at once',
  'evil。com/login now',
  'evil．com',
  '1.2.3.4/login',
  'evil.\u200bcom',
  'Your account is locked',
])('an email to an unverified address does not contain the name %j', async (first_name) => {
  for (const vars of [{}, { SEND_ACTIVATION_EMAIL: false, SEND_CONFIRMATION_EMAIL: true }]) {
    const api = client(vars)
    const email = newEmail()
    await api.post('/auth/users/', { email, password, first_name, last_name: first_name })
    await api.post('/auth/users/reset_password/', { email })

    const mails = await api.mail(email)
    expect(mails.length).toBeGreaterThan(0)
    for (const { subject, text, html } of mails) {
      expect(text).toMatch(/^Hello,\n/)
      expect(subject + text + html).not.toContain(first_name)
    }
  }
})

test('an email greets the user by name at a verified address, and at no other', async () => {
  const { api, email } = await person({ EMAIL_CHANGE_CONFIRMATION: true })
  await verify(email)
  const { body } = await logIn(api, { email })
  const next = newEmail()
  const change = { new_email: next, current_password: password }
  await api.post('/auth/users/set_email/', change, { token: body.access })

  const [notice] = await api.mail(email)
  const [proof] = await api.mail(next)
  expect([notice.kind, notice.text]).toEqual([
    'email_change_requested',
    expect.stringMatching(/^Hello Ada,\n/),
  ])
  expect([proof.kind, proof.text]).toEqual(['email_change', expect.stringMatching(/^Hello,\n/)])
})
