// What every example must do: the same forms, with the same labels.

import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'

export const password = 'a pond of herons'

export interface Person {
  email: string
  firstName: string
  lastName: string
}

export const newPerson = (firstName: string): Person => ({
  email: `${firstName.toLowerCase()}.${Date.now()}@example.com`,
  firstName,
  lastName: 'Lovelace',
})

const field = (page: Page, label: string) => page.getByLabel(label, { exact: true })
const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()
const heading = (page: Page, name: string) => page.getByRole('heading', { name }).waitFor()

/** The link or button that leads to the other form. */
const follow = (page: Page, name: string) =>
  page.getByRole('link', { name }).or(page.getByRole('button', { name })).click()

export async function seeWrongPassword(page: Page) {
  await heading(page, 'Log in')
  await field(page, 'Email address').fill('unknown@example.com')
  await field(page, 'Password').fill('wrong')
  await press(page, 'Log in')
  const alert = page.getByText('No active account found with the given credentials')
  await alert.waitFor()
  assert.equal(await field(page, 'Email address').inputValue(), 'unknown@example.com')
}

export async function signUp(page: Page, { email, firstName, lastName }: Person) {
  await follow(page, 'Sign up')
  await heading(page, 'Sign up')
  await field(page, 'First name').fill(firstName)
  await field(page, 'Email address').fill(email)
  await field(page, 'Password').fill('12345')
  await press(page, 'Sign up')

  await page.getByText('This field may not be blank.').waitFor()
  assert.equal(await descriptionOf(page, 'Last name'), 'This field may not be blank.')
  assert.equal(await field(page, 'First name').getAttribute('aria-invalid'), null)
  assert.equal(await field(page, 'First name').inputValue(), firstName)
  assert.ok(
    await field(page, 'Last name').evaluate((input) => input === input.ownerDocument.activeElement),
  )

  await field(page, 'Last name').fill(lastName)
  await field(page, 'Password').fill('12345')
  await press(page, 'Sign up')
  await page.getByText('This password is too short.').waitFor()
  assert.match(await descriptionOf(page, 'Password'), /^This password is too short\./)
  assert.equal(await field(page, 'Last name').getAttribute('aria-invalid'), null)

  await field(page, 'Password').fill(password)
  await press(page, 'Sign up')
  await page.getByText(`We have sent a link to ${email}.`).waitFor()
}

/** The text that `aria-describedby` of an invalid field names. */
async function descriptionOf(page: Page, label: string): Promise<string> {
  const input = field(page, label)
  assert.equal(await input.getAttribute('aria-invalid'), 'true', label)
  const id = await input.getAttribute('aria-describedby')
  return page.locator(`[id="${id}"]`).innerText()
}

/** Follows the link of the activation email, by a request of this process. */
export async function activate(gatehouse: string, { email }: Person) {
  for (let tries = 0; tries < 50; tries++) {
    const response = await fetch(`${gatehouse}/dev/mailbox/`, {
      headers: { accept: 'application/json' },
    })
    const { results } = (await response.json()) as {
      results: Record<'to' | 'uid' | 'token', string>[]
    }
    const mail = results.find(({ to }) => to === email)
    if (mail)
      return postJson(`${gatehouse}/auth/users/activation/`, { uid: mail.uid, token: mail.token })
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return assert.fail(`no email to ${email}`)
}

async function postJson(url: string, body: object): Promise<Record<string, string>> {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
  assert.ok(response.ok, `${url} answered ${response.status}`)
  return response.status === 204 ? {} : await response.json()
}

export async function logIn(page: Page, person: Person) {
  await heading(page, 'Log in')
  await field(page, 'Email address').fill(person.email)
  await field(page, 'Password').fill(password)
  await field(page, 'Password').press('Enter')
  await seeAccount(page, person)
}

export async function seeAccount(page: Page, { email, firstName, lastName }: Person) {
  await heading(page, 'Your account')
  await page.getByText(email).waitFor()
  await page.getByText(`${firstName} ${lastName}`).waitFor()
}

export const logOut = (page: Page) => press(page, 'Log out')

export const seeLogIn = (page: Page) => heading(page, 'Log in')

/** Ends all sessions of a user, as they would on another device. */
export async function endSessions(gatehouse: string, person: Person) {
  await withLogin(gatehouse, person, async (headers) => {
    const response = await fetch(`${gatehouse}/auth/sessions/`, { method: 'DELETE', headers })
    assert.ok(response.ok, `sessions/ answered ${response.status}`)
  })
}

interface Session {
  current: boolean
  device: { browser: string }
}

/** A user's active sessions, without the one that asks. */
export const sessionsOf = (gatehouse: string, person: Person) =>
  withLogin(gatehouse, person, async (headers) => {
    const response = await fetch(`${gatehouse}/auth/sessions/`, { headers })
    const sessions = (await response.json()) as Session[]
    return sessions.filter(({ current }) => !current)
  })

/** Logs in, and out again. */
async function withLogin<T>(
  gatehouse: string,
  { email }: Person,
  work: (headers: Record<string, string>) => Promise<T>,
): Promise<T> {
  const { access, refresh } = await postJson(`${gatehouse}/auth/jwt/create/`, { email, password })
  const result = await work({ authorization: `Bearer ${access}` })
  await postJson(`${gatehouse}/auth/jwt/logout/`, { refresh })
  return result
}
