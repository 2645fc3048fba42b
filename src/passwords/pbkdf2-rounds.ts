// PBKDF2-HMAC-SHA256 of any number of rounds, for those that production's WebCrypto refuses. What
// WebCrypto can do of it, it does; here is only the loop, on SHA-256's compression of one block.

/** The first 32 bytes that RFC 8018 §5.2 derives. */
export async function deriveByRounds(
  password: Uint8Array,
  salt: Uint8Array,
  rounds: number,
): Promise<Uint8Array> {
  const key = await blockKey(password)
  const [inner, outer] = [viewOf(32), viewOf(32)]
  compress(
    initialState,
    viewOf(
      64,
      key.map((byte) => byte ^ 0x36),
    ),
    inner,
  )
  compress(
    initialState,
    viewOf(
      64,
      key.map((byte) => byte ^ 0x5c),
    ),
    outer,
  )

  const first = await sign(key, new Uint8Array([...salt, 0, 0, 0, 1]))
  const derived = viewOf(32, first)
  // Each block is a hash, and the padding of a message of 64 + 32 bytes, which stays.
  const [message, digest] = [paddedView(first), paddedView()]
  for (let round = 1; round < rounds; round++) {
    compress(inner, message, digest)
    compress(outer, digest, message)
    for (let i = 0; i < 32; i += 4) derived.setInt32(i, derived.getInt32(i) ^ message.getInt32(i))
  }
  return new Uint8Array(derived.buffer)
}

/** The key as HMAC takes it, RFC 2104: 64 bytes, hashed if it is longer. */
async function blockKey(password: Uint8Array): Promise<Uint8Array> {
  const key = new Uint8Array(64)
  const isLong = password.length > key.length
  key.set(isLong ? new Uint8Array(await crypto.subtle.digest('SHA-256', password)) : password)
  return key
}

async function sign(key: Uint8Array, message: Uint8Array): Promise<Uint8Array> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const imported = await crypto.subtle.importKey('raw', key, algorithm, false, ['sign'])
  return new Uint8Array(await crypto.subtle.sign('HMAC', imported, message))
}

function viewOf(size: number, bytes: Uint8Array = new Uint8Array()): DataView {
  const array = new Uint8Array(size)
  array.set(bytes)
  return new DataView(array.buffer)
}

function paddedView(hash?: Uint8Array): DataView {
  const view = viewOf(64, hash)
  view.setUint8(32, 0x80)
  view.setInt32(60, (64 + 32) * 8)
  return view
}

const schedule = viewOf(4 * 64)

/** FIPS 180-4 §6.2.2: the state and a block of 64 bytes give the next state. Its names are kept. */
function compress(state: DataView, block: DataView, next: DataView) {
  extend(block)
  let a = state.getInt32(0)
  let b = state.getInt32(4)
  let c = state.getInt32(8)
  let d = state.getInt32(12)
  let e = state.getInt32(16)
  let f = state.getInt32(20)
  let g = state.getInt32(24)
  let h = state.getInt32(28)
  for (let t = 0; t < 4 * 64; t += 4) {
    const sum1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7))
    const choice = (e & f) ^ (~e & g)
    const t1 = (h + sum1 + choice + constants.getInt32(t) + schedule.getInt32(t)) | 0
    const sum0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10))
    const majority = (a & b) ^ (a & c) ^ (b & c)
    h = g
    g = f
    f = e
    e = (d + t1) | 0
    d = c
    c = b
    b = a
    a = (t1 + sum0 + majority) | 0
  }
  next.setInt32(0, state.getInt32(0) + a)
  next.setInt32(4, state.getInt32(4) + b)
  next.setInt32(8, state.getInt32(8) + c)
  next.setInt32(12, state.getInt32(12) + d)
  next.setInt32(16, state.getInt32(16) + e)
  next.setInt32(20, state.getInt32(20) + f)
  next.setInt32(24, state.getInt32(24) + g)
  next.setInt32(28, state.getInt32(28) + h)
}

function extend(block: DataView) {
  for (let t = 0; t < 4 * 16; t += 4) schedule.setInt32(t, block.getInt32(t))
  for (let t = 4 * 16; t < 4 * 64; t += 4) {
    const x = schedule.getInt32(t - 4 * 15)
    const y = schedule.getInt32(t - 4 * 2)
    const sigma0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3)
    const sigma1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10)
    const sum = schedule.getInt32(t - 4 * 16) + sigma0 + schedule.getInt32(t - 4 * 7) + sigma1
    schedule.setInt32(t, sum)
  }
}

const initialState = wordsOf([
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
])

const constants = wordsOf([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
])

function wordsOf(words: number[]): DataView {
  const view = viewOf(4 * words.length)
  for (const [i, word] of words.entries()) view.setUint32(4 * i, word)
  return view
}
