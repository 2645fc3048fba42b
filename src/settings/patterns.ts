// Advice on regular expressions for Python's `re` that mean something else in JavaScript. Some are errors there, and others
// never match.

const escapes: Record<string, string> = {
  A: 'write ^ in place of \\A',
  Z: 'write $ in place of \\Z',
  z: 'write $ in place of \\z',
}

/** The letters that have the same meaning after a backslash in both languages. */
const sharedEscapes = /^[bBdDsSwWfnrtvxuk]$/

const structures: [looks: RegExp, advice: string][] = [
  [/\(\?P</, 'write (?<name>…) in place of (?P<name>…)'],
  [/\(\?P=/, 'write \\k<name> in place of (?P=name)'],
  [/\(\?#/, 'leave the comment (?#…) out'],
  [/\(\?[a-zA-Z]+\)/, 'leave flags such as (?i) out; browsers send origins in lower case'],
  [/\(\?>|[*+?}]\+/, 'write no atomic group and no possessive quantifier'],
  [/\{,\d+\}/, 'write {0,5} in place of {,5}'],
]

/** Advice on what to write instead; undefined for a pattern with the same meaning in JavaScript. */
export function adviceOnPattern(source: string): string | undefined {
  if (/^[rR]?["']/.test(source)) return 'write the pattern alone, without r"…"'
  for (const [, letter = ''] of source.matchAll(/\\([\s\S])/g)) {
    if (/[a-z]/i.test(letter) && !sharedEscapes.test(letter)) {
      return escapes[letter] ?? `leave \\${letter} out; JavaScript does not know it`
    }
  }
  const bare = source.replace(/\\[\s\S]/g, '').replace(/\[[^\]]*\]/g, '[]')
  return structures.find(([looks]) => looks.test(bare))?.[1]
}
