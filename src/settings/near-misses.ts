// Finds variables whose name is nearly the name of a setting. Most of them are typing errors.

/** A sentence for each such variable. @param known the names of the settings */
export const misspeltNames = (env: Record<string, unknown>, known: string[]): string[] =>
  Object.entries(env).flatMap(([name, value]) => {
    // A binding, such as D1's.
    if (typeof value === 'object' && !Array.isArray(value)) return []
    if (known.includes(name)) return []
    const meant = known.find((each) => distance(each, name) <= 2)
    return meant ? [`The variable ${name} is not a setting of Gatehouse. Is ${meant} meant?`] : []
  })

/** The Levenshtein distance, up to 2. It ignores case and underscores. */
function distance(one: string, other: string): number {
  const a = one.replaceAll('_', '').toLowerCase()
  const b = other.replaceAll('_', '').toLowerCase()
  if (Math.abs(a.length - b.length) > 2) return 3
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
