// The tokens of Gatehouse, for HS256 and the settings of the bench alone, written by hand.

const encoder = new TextEncoder()
const decoder = new TextDecoder()

export interface Secrets {
  SECRET_KEY: string
  SIGNING_KEY: string
}

export interface Claims {
  token_type: 'access' | 'refresh'
  exp: number
  iat: number
  jti: string
  user_id: number
  sid: string
  counter?: number
}

interface Keys {
  signing: CryptoKey
  access: CryptoKey
  refresh: CryptoKey
}

let keys: Keys | undefined

/** Imports the keys once for each isolate. */
export async function importKeys({ SECRET_KEY, SIGNING_KEY }: Secrets): Promise<Keys> {
  keys ??= {
    signing: await hmacKey(encoder.encode(SIGNING_KEY)),
    access: await derivedKey(SECRET_KEY, 'access jti'),
    refresh: await derivedKey(SECRET_KEY, 'refresh jti'),
  }
  return keys
}

/** The claims of a valid token; undefined for any other. */
export async function verify(
  { signing }: Keys,
  token: string,
  now: number,
): Promise<Claims | undefined> {
  const dot = token.lastIndexOf('.')
  const [header = '', payload = ''] = token.split('.', 2)
  const signed = encoder.encode(token.slice(0, dot))
  const signature = Buffer.from(token.slice(dot + 1), 'base64url')
  if (!(await crypto.subtle.verify('HMAC', signing, signature, signed))) return undefined
  if (jsonIn(header).alg !== 'HS256') return undefined
  const claims = jsonIn(payload) as Claims
  if (typeof claims.jti !== 'string' || typeof claims.sid !== 'string') return undefined
  return claims.exp > now / 1000 && claims.iat <= now / 1000 ? claims : undefined
}

export interface Row {
  id: string
  counter: number
  refreshedAt: number
  userId: number
}

/** Both tokens of a session: the lifetimes are five minutes and a day. */
export async function tokenPair({ signing, access, refresh }: Keys, row: Row) {
  const { id: sid, counter, refreshedAt } = row
  const iat = Math.floor(refreshedAt / 1000)
  const [accessId, refreshId] = await Promise.all([
    idOf(access, [sid, counter, refreshedAt]),
    idOf(refresh, [sid, counter]),
  ])
  const subject = { user_id: row.userId, sid }
  const [accessToken, refreshToken] = await Promise.all([
    sign(signing, { token_type: 'access', exp: iat + 300, iat, jti: accessId, ...subject }),
    sign(signing, {
      ...{ token_type: 'refresh', exp: iat + 86_400, iat, jti: refreshId },
      ...{ ...subject, counter },
    }),
  ])
  return { access: accessToken, refresh: refreshToken }
}

const header = base64url('{"alg":"HS256","typ":"JWT"}')

async function sign(key: CryptoKey, claims: Claims): Promise<string> {
  const signed = `${header}.${base64url(JSON.stringify(claims))}`
  const signature = await crypto.subtle.sign('HMAC', key, encoder.encode(signed))
  return `${signed}.${Buffer.from(signature).toString('base64url')}`
}

async function idOf(key: CryptoKey, parts: (string | number)[]): Promise<string> {
  const message = parts.map((part) => `${String(part).length}:${part}`).join('')
  const digest = await crypto.subtle.sign('HMAC', key, encoder.encode(message))
  return Buffer.from(digest, 0, 16).toString('hex')
}

async function derivedKey(secretKey: string, purpose: string): Promise<CryptoKey> {
  const secret = encoder.encode(secretKey)
  const root = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits'])
  const info = encoder.encode(`gatehouse ${purpose}`)
  const bits = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info }
  return hmacKey(new Uint8Array(await crypto.subtle.deriveBits(bits, root, 256)))
}

const hmacKey = (bytes: Uint8Array) =>
  crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, [
    'sign',
    'verify',
  ])

const jsonIn = (part: string) => JSON.parse(decoder.decode(Buffer.from(part, 'base64url')))

function base64url(text: string): string {
  return Buffer.from(text).toString('base64url')
}
