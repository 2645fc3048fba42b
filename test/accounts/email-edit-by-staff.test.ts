// Staff that edit the email of another user, with LOGIN_FIELD=username.

import { describe, expect, test } from 'vitest'
import { changeUser, kindsTo, makeStaff, newEmail, password } from '../support/people.ts'
import { member, rowOf } from '../support/usernames.ts'

const required = { current_password: ['This field is required.'] }
const wrong = { current_password: ['Invalid password.'] }

describe('staff that edit another user’s email', () => {
  test('must give their own password, and the user must confirm the new address', async () => {
    const [ada, staff] = [await member(), await member()]
    await makeStaff(staff.id)
    await changeUser(staff.id, `password = (select password from users where id = ${ada.id})`)
    const path = `/auth/users/${ada.id}/`
    const next = newEmail('next')
    const edit = (sent: object) => staff.api.patch(path, sent, { token: staff.access })

    expect((await edit({ email: next })).body).toEqual(required)
    expect((await edit({ email: next, current_password: 'a guess' })).body).toEqual(wrong)
    expect((await edit({ email: next, current_password: password })).status).toBe(200)

    expect(await rowOf(ada.id)).toMatchObject({ email: ada.email, new_email: next })
    expect(await kindsTo(ada.api, next)).toEqual(['email_change'])
    expect(await kindsTo(ada.api, ada.email)).toContain('email_change_requested')
  })

  test('correct the email of a pending account at once, since its address is not confirmed', async () => {
    const staff = await member()
    await makeStaff(staff.id)
    const [email, next] = [newEmail(), newEmail('next')]
    const sent = { username: newEmail('u'), email, password }
    const { id } = (await staff.api.post('/auth/users/', sent)).body

    const edit = { email: next, current_password: password }
    await staff.api.patch(`/auth/users/${id}/`, edit, { token: staff.access })

    expect(await rowOf(id)).toMatchObject({ email: next, status: 'pending' })
    expect(await kindsTo(staff.api, next)).toEqual(['activation'])
  })

  test('of a disabled account leave it pending once it is enabled', async () => {
    const [ada, staff] = [await member(), await member()]
    await makeStaff(staff.id)
    const act = (what: string) =>
      staff.api.post(`/auth/users/${ada.id}/${what}/`, {}, { token: staff.access })
    await act('disable')

    const edit = { email: newEmail(), current_password: password }
    await staff.api.patch(`/auth/users/${ada.id}/`, edit, { token: staff.access })
    await act('enable')

    expect(await rowOf(ada.id)).toMatchObject({ email: edit.email, status: 'pending' })
  })
})
