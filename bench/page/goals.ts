// What Gatehouse should reach in `npm run bench`, as ratios.

const goals: [of: RegExp, to: RegExp, goal: string][] = [
  [/^gatehouse (verify|jwks)$/, /^bare hello$/, '0.65'],
  [/^gatehouse refresh$/, /^bare update$/, '0.70'],
  [/^gatehouse me$/, /^bare select$/, '0.85'],
  [/^gatehouse /, /^floor /, '0.8'],
  [/^gatehouse verify$/, /^better-auth verify$/, '10'],
  [/^gatehouse (refresh|me)$/, /^better-auth (refresh|me)$/, '3'],
  [/^gatehouse login$/, /^better-auth login$/, '2.5'],
]

/** Empty if there is none. */
export const goalOf = (of: string, to: string): string =>
  goals.find(([ours, theirs]) => ours.test(of) && theirs.test(to))?.[2] ?? ''
