// As Django's UserAttributeSimilarityValidator: a password may not resemble what is known of its user.

export interface Attribute {
  /** Django's verbose_name, as `email address`. */
  label: string
  value: string
}

const maximumSimilarity = 0.7

/** The first attribute that the password resembles, as a whole or in one of its words. */
export function findSimilar(password: string, attributes: Attribute[]): Attribute | undefined {
  const letters = [...password.toLowerCase()]
  return attributes.find(({ value }) =>
    partsOf(value.toLowerCase()).some((part) => isSimilar(letters, [...part])),
  )
}

/** Split at Python's `\W+`: a word is letters, numbers and `_`, and no combining marks. */
const partsOf = (value: string) => (value ? [...value.split(/[^\p{L}\p{N}_]+/u), value] : [])

const isSimilar = (password: string[], part: string[]) =>
  !exceedsMaximumLengthRatio(password.length, part.length) &&
  quickRatio(password, part) >= maximumSimilarity

const exceedsMaximumLengthRatio = (password: number, value: number) =>
  password >= 10 * value && value < (maximumSimilarity / 2) * password

/** As difflib's SequenceMatcher.quick_ratio: characters in common, wherever they stand. */
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
