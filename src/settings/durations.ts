// Parses durations in settings and commands.

const units: Record<string, number> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }

export const durationPattern = /^(\d+(?:\.\d+)?)\s*([smhdw]?)$/

/** The seconds of `300`, `5m`, `12h`, `1d` or `2w`; undefined for anything else. */
export function parseDuration(value: string): number | undefined {
  const [, amount, unit] = durationPattern.exec(value.trim()) ?? []
  const factor = units[unit ?? '']
  return amount === undefined || factor === undefined ? undefined : Number(amount) * factor
}
