// JWTs made by hand: valid ones, as another Django would sign them, and invalid ones of every kind. Libraries refuse to sign
// most of these.

import type { Forgery } from './scenario.ts'
import { signingKey } from './variants.ts'

const encoder = new TextEncoder()
const jwsName = { 'SHA-256': 'HS256', 'SHA-384': 'HS384', 'SHA-512': 'HS512' }
const times = new Set(['exp', 'iat', 'nbf', 'refresh_exp'])

export async function forge(forgery: Forgery): Promise<string> {
  const { hash = 'SHA-256', key = signingKey } = forgery
  const header = forgery.header ?? { alg: jwsName[hash], typ: 'JWT' }
  const signed = `${encode(JSON.stringify(header))}.${encode(JSON.stringify(timed(forgery.claims)))}`
  return `${signed}.${forgery.signature ?? (await sign(signed, key, hash))}`
}

function timed(claims: unknown): unknown {
  if (typeof claims !== 'object' || claims === null || Array.isArray(claims)) return claims
  const now = Math.floor(Date.now() / 1000)
  const entries = Object.entries(claims).map(([name, value]) =>
    times.has(name) && typeof value === 'number' ? [name, now + value] : [name, value],
  )
  return Object.fromEntries(entries)
}

async function sign(text: string, key: string, hash: string): Promise<string> {
  const algorithm = { name: 'HMAC', hash }
  const secret = await crypto.subtle.importKey('raw', encoder.encode(key), algorithm, false, [
    'sign',
  ])
  return base64url(new Uint8Array(await crypto.subtle.sign('HMAC', secret, encoder.encode(text))))
}

const encode = (text: string) => base64url(encoder.encode(text))

const base64url = (bytes: Uint8Array) =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
