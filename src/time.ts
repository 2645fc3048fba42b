// Settings and JWTs count in seconds, `Date` and the database in milliseconds.

/** Milliseconds. */
export const minute = 60_000
export const hour = 60 * minute
export const day = 24 * hour

export const secondsPerDay = day / 1000

export const addSeconds = (time: Date, seconds: number) => new Date(time.getTime() + seconds * 1000)

/** Whole seconds since 1970, as a NumericDate (RFC 7519 §2). */
export const epochSeconds = (time: Date) => Math.floor(time.getTime() / 1000)

/** The time of a NumericDate; at most the latest time that a `Date` can hold (ECMA-262 §21.4.1.1). */
export const fromEpochSeconds = (seconds: number) => new Date(Math.min(seconds * 1000, 8.64e15))
