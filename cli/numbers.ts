// Numbers and lists in sentences.

/** `1 user`, `2 users`. */
export const count = (number: number, noun: string) => `${number} ${noun}${number === 1 ? '' : 's'}`

/** `a`, `a and b`, `a, b and c`. */
export const listed = (words: string[]) =>
  words.length < 2
    ? words.join('')
    : `${words.slice(0, -1).join(', ')} and ${words.slice(-1).join('')}`
