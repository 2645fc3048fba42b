// Escapes text for a terminal. Users and clients chose the text, and it may contain control characters.

/** A text without characters that move a terminal's cursor or reverse its text. */
export const printable = (text: string) => text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, escaped)

/** JSON for programs. It is also safe to print in a terminal. */
export const printableJson = (value: unknown) =>
  JSON.stringify(value, null, 2).replace(/[^\n\P{C}]|[\p{Zl}\p{Zp}]/gu, escaped)

const escaped = (text: string) =>
  Array.from({ length: text.length }, (_, i) => text.charCodeAt(i))
    .map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`)
    .join('')
