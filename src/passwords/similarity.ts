// Django's UserAttributeSimilarityValidator: a password must not resemble an attribute of its user.

export interface Attribute {
  /** Django's `verbose_name`, such as `email address`. */
  label: string
  value: string
}

const maximumSimilarity = 0.7

/** The first attribute whose value, or a word of it, resembles the password. */
export function findSimilar(password: string, attributes: Attribute[]): Attribute | undefined {
  const letters = [...password.toLowerCase()]
  return attributes.find(({ value }) =>
    partsOf(value.toLowerCase()).some((part) => isSimilar(letters, [...part])),
  )
}

/**
 * The words of a value, split as by Python's `\W+`, and the value itself. A word has letters, numbers and `_`, but no
 * combining marks.
 */
const partsOf = (value: string) => (value ? [...value.split(/[^\p{L}\p{N}_]+/u), value] : [])

const isSimilar = (password: string[], part: string[]) =>
  !exceedsMaximumLengthRatio(password.length, part.length) &&
  quickRatio(password, part) >= maximumSimilarity

const exceedsMaximumLengthRatio = (password: number, value: number) =>
  password >= 10 * value && value < (maximumSimilarity / 2) * password

/** difflib's `SequenceMatcher.quick_ratio`: the share of characters that both have, at any position. */
function quickRatio(a: string[], b: string[]): number {
  if (a.length + b.length === 0) return 1
  const available = new Map<string, number>()
  for (const letter of b) available.set(letter, (available.get(letter) ?? 0) + 1)
  let matches = 0
  for (const letter of a) {
    const count = available.get(letter) ?? 0
    if (count > 0) matches++
    available.set(letter, count - 1)
  }
  return (2 * matches) / (a.length + b.length)
}
