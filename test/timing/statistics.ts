// Compares samples of response times by rank, because a few slow answers say nothing about the others.

const resamples = 1000

export const median = (all: number[]) => at(sorted(all), 0.5)

export function quartiles(all: number[]): [number, number] {
  const inOrder = sorted(all)
  return [at(inOrder, 0.25), at(inOrder, 0.75)]
}

/**
 * `p`: Mann and Whitney's test, two-sided, by its normal approximation. `noise`: the largest difference between the
 * medians in 99 of 100 resamples (bootstrap).
 */
export function compare(one: number[], other: number[]): { p: number; noise: number } {
  const differences = Array.from({ length: resamples }, () =>
    Math.abs(median(resample(one)) - median(resample(other))),
  )
  return { p: pValue(one, other), noise: at(sorted(differences), 0.99) }
}

function pValue(one: number[], other: number[]): number {
  const [n, m] = [one.length, other.length]
  const wins = one.reduce(
    (sum, x) => sum + other.reduce((won, y) => won + (x > y ? 1 : x === y ? 0.5 : 0), 0),
    0,
  )
  const deviation = Math.sqrt((n * m * (n + m + 1)) / 12)
  return 2 * (1 - normal(Math.abs(wins - (n * m) / 2) / deviation))
}

// Abramowitz and Stegun, 7.1.26: exact to 7 digits.
function normal(z: number): number {
  const t = 1 / (1 + (0.3275911 * z) / Math.SQRT2)
  const [a, b, c, d, e] = [0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429]
  const tail = t * (a + t * (b + t * (c + t * (d + t * e)))) * Math.exp((-z * z) / 2)
  return 1 - tail / 2
}

const resample = (all: number[]) =>
  all.map(() => all[Math.floor(Math.random() * all.length)] as number)

const sorted = (all: number[]) => [...all].sort((x, y) => x - y)

const at = (inOrder: number[], share: number) =>
  inOrder[Math.min(inOrder.length - 1, Math.floor(inOrder.length * share))] ?? Number.NaN
