import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { commonPasswords, normalise, shardOf } from '../../src/passwords/common.ts'

const isCommon = commonPasswords(env.ASSETS)

describe('commonPasswords', () => {
  test.each(['password', '123456', 'PassWord', '  qwerty\t', 'пароль', 'ПАРОЛЬ', 'friend of joan'])(
    'lists %j',
    async (password) => {
      expect(await isCommon(password)).toBe(true)
    },
  )

  test.each([
    '',
    ' ',
    '\n',
    'passwor',
    'password\n123456',
    'correct horse battery staple',
    '\ufeffpassword',
  ])('does not list %j', async (password) => {
    expect(await isCommon(password)).toBe(false)
  })

  test('has all 19,640 of Django’s passwords in its assets, each in the file of its hash', async () => {
    let count = 0
    for (let byte = 0; byte < 256; byte++) {
      const shard = byte.toString(16).padStart(2, '0')
      const response = await env.ASSETS.fetch(`https://assets/common-passwords/${shard}.txt`)
      for (const password of (await response.text()).trimEnd().split('\n')) {
        expect(await shardOf(normalise(password)), password).toBe(shard)
        count++
      }
    }
    expect(count).toBe(19_640)
  })

  test('requests one file, which is named by two digits of the hash', async () => {
    const requested: string[] = []
    const assets = {
      fetch: async (url: string) => {
        requested.push(url)
        return env.ASSETS.fetch(url)
      },
    }
    await commonPasswords(assets as unknown as Fetcher)('password')
    expect(requested).toEqual(['https://assets/common-passwords/5e.txt'])
  })

  test('throws an error if an asset is missing', async () => {
    const missing = { fetch: async () => new Response('', { status: 404 }) } as unknown as Fetcher
    await expect(commonPasswords(missing)('password')).rejects.toThrow(
      'The assets have no /common-passwords/5e.txt: 404',
    )
  })
})
