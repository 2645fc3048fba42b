// Upper bounds on the cost of a password hash, in a row and in DUMMY_PASSWORD_HASH. Any client that knows a user's
// login can cause that hash. So one call of argon2 or bcrypt, which blocks its isolate, takes less than a second of CPU
// (docs/decisions/027), and no hash takes more memory than an isolate has (026).

export const isWithinLimit = {
  /** 100 MiB is Django's own cost; more does not fit into an isolate, which has 128 MB. */
  argon2: ([memory = 0, time = 0, lanes = 0]: number[]) =>
    isWithin(1, lanes, 16) &&
    isWithin(8 * lanes, memory, 102_400) &&
    isWithin(1, time, 16) &&
    memory * time <= 2 ** 20,

  /** One and a half times the rounds of Django 5.2. */
  pbkdf2: ([rounds = 0]: number[]) => isWithin(1, rounds, 1_500_000),

  /** The logarithm of the rounds. Django's is 12; 13 takes twice as long. */
  bcrypt: ([cost = 0]: number[]) => isWithin(4, cost, 13),

  /** 64 MiB, four times Django's, and three times the work of Django 5.2's. */
  scrypt: ([N = 0, r = 0, p = 0]: number[]) =>
    Number.isInteger(Math.log2(N)) &&
    N >= 2 &&
    isWithin(1, r, (64 * 1024 * 1024) / (128 * N)) &&
    isWithin(1, p, 2 ** 21 / (N * r)) &&
    r * p <= 1024, // 128 KiB beside
}

const isWithin = (least: number, value: number, most: number) => value >= least && value <= most

/** Rejects a hash that costs too much, and logs the cost: nothing else of the row may be logged. */
export function tooExpensive(cost: string): 'unsupported' {
  console.warn(`A password hash requires ${cost}, which is out of bounds. No login can verify it.`)
  return 'unsupported'
}
