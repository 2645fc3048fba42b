// How much more a request costs with the large database than with the small one.

import { keyOf, medians, ratiosOf, type Samples, table } from './report.ts'

export interface CleanUp {
  rows: number
  runs: number
  /** Of all runs together, and of the longest. */
  seconds: number
  longest: number
  cpuSeconds: number | undefined
}

export function summarizeGrowth(requests: string[], samples: Samples, cleanUp: CleanUp): string {
  const rows = requests.flatMap((request) => {
    const [small, large] = ['small', 'large'].map((size) => samples.get(keyOf(size, request)))
    return small && large ? [[request, ...ratiosOf(small, large)]] : []
  })
  const growth = table(['cost of large to small', 'by requests/s', 'by CPU'], rows)
  return `${medians(samples)}\n\n${growth}\n\n${cleanUpSentence(cleanUp)}`
}

export function cleanUpSentence({ rows, runs, seconds, longest, cpuSeconds }: CleanUp): string {
  const cpu = cpuSeconds === undefined ? '' : `, ${cpuSeconds.toFixed(1)} s of CPU`
  const step = (seconds * 1000) / (rows / 1000)
  return `The cron deleted ${rows} expired sessions and events in ${runs} runs: ${seconds.toFixed(1)} s${cpu}; the longest run took ${longest.toFixed(1)} s. A step of a thousand rows took ${step.toFixed(0)} ms on average, in which D1 runs nothing else.`
}
