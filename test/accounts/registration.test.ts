// Sign-up with an id that its caller took from the sequence before there was a row.

import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { signUp } from '../../src/accounts/registration.ts'
import { findUser } from '../../src/accounts/users.ts'
import { database } from '../../src/db.ts'
import { settingsOf } from '../../src/settings.ts'
import { newEmail, password, person } from '../support/people.ts'
import { interceptD1 } from '../support/trips.ts'

const settings = settingsOf(env)
const db = database(env.DB, settings)
const newInfo = () => ({ now: new Date(), requestId: crypto.randomUUID() })
const newPerson = () => ({ email: newEmail(), password, first_name: 'Ada', last_name: 'Lovelace' })

describe('a sign-up with an id', () => {
  test('creates the account with this id, and the next account gets a higher one', async () => {
    const id = (await person()).id + 10

    const user = await signUp(db, settings, { id, ...newPerson() }, newInfo())

    expect(user).toMatchObject({ id, status: 'pending' })
    expect(await findUser(db, id)).toEqual(user)
    expect((await person()).id).toBeGreaterThan(id)
  })

  test('creates one account when its batch is sent twice', async () => {
    const id = (await person()).id + 10
    const twice = interceptD1(env.DB, async (_, run) => {
      await run()
      return run()
    })

    const sent = { id, ...newPerson() }
    const user = await signUp(database(twice, settings), settings, sent, newInfo())

    expect(user).toMatchObject({ id, email: sent.email })
    expect(await findUser(db, id)).toEqual(user)
  })
})
