// Parses the docstring of a setting: its meaning, and how it compares with Django.
//
// The docstring is directly above the line that reads the setting, or above its property in the settings:
//
//   /** How long an access token is valid. @django same */
//   accessTokenLifetime: read.duration('ACCESS_TOKEN_LIFETIME', 5 * 60),
//
// After `@django` comes one of
//
//   same              the setting has the same meaning in Django's packages
//   better: REASON    it has that meaning, and more
//   ours              Django's packages do not have it
//
// Links are relative to docs/. Line breaks are ignored.

export interface Docstring {
  meaning: string
  verdict: string
}

/** The docstrings in a source, by the names of their settings. */
export function docstringsIn(source: string): Map<string, Docstring> {
  // A docstring, and the first name of a setting after it, with no other docstring between.
  const documented =
    /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/(?:(?!\/\*\*)[\s\S])*?\(\s*'([A-Z][A-Z0-9_]+)'/g
  return new Map(
    [...source.matchAll(documented)].flatMap(([, comment = '', name = '']) => {
      const [meaning = '', verdict] = textOf(comment).split(' @django ')
      return verdict === undefined ? [] : [[name, { meaning, verdict }] as const]
    }),
  )
}

const textOf = (comment: string) =>
  comment
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, '').trim())
    .join(' ')
    .trim()
