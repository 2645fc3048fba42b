// Invalid values, bodies and headers, for any route.

export const nul = '\u0000'
export const surrogate = '\ud800'

/** Values that a text field refuses, or converts. */
export const oddTexts: Record<string, unknown> = {
  blank: '',
  'white space': ' \t ',
  null: null,
  true: true,
  'a list': ['text'],
  'an object': { a: 1 },
  'a NUL': `a${nul}b`,
  'a lone surrogate': `a${surrogate}b`,
}

/** The same for one field among valid ones. */
export function oddly(field: string, body: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(oddTexts).map(([name, value]) => [
    `${field}: ${name}`,
    { ...body, [field]: value },
  ])
  return { [`without ${field}`]: { ...body, [field]: undefined }, ...Object.fromEntries(entries) }
}

/** Bodies that are not a JSON object. */
export const oddBodies: Record<string, string> = {
  'an empty body': '',
  null: 'null',
  'a list': '[]',
  'a list with an object': '[{"email": "x@example.com"}]',
  'a text': '"text"',
  'a number': '1',
  'a fraction': '1.5',
  true: 'true',
  'broken JSON': '{"email": ',
  'JSON with a trailing comma': '{"email": "x",}',
  'two objects': '{}{}',
  NaN: 'NaN',
  'a byte order mark': '\ufeff{}',
}
