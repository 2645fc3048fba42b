// Faults in near reads and hints. For each, some test of this folder must fail: `npm run check:full` runs them with each fault.

export interface Mutation {
  /** Below `src/`. */
  file: string
  from: string
  to: string
}

export const mutations: Record<string, Mutation> = {
  'a replica refuses a caller': {
    file: 'auth/credential.ts',
    from: "return typeof user === 'object' ?",
    to: "if (typeof user === 'string') throw new Error(user)\n  return typeof user === 'object' ?",
  },
  'a replica shows other users': {
    file: 'routes/sessions.ts',
    from: "const reads = named === undefined ? 'own' : 'primary'",
    to: "const reads = 'own'",
  },
  'no write is remembered': {
    file: 'replicas.ts',
    from: 'db.replicas?.writtenFor.add(user)',
    to: 'void [db, userId]',
  },
  'a replica waits for no bookmark': {
    file: 'replicas.ts',
    from: 'replicas.nearest(write?.bookmark, ',
    to: 'replicas.nearest(undefined, ',
  },
  'an old replica is believed': {
    file: 'replicas.ts',
    from: '<= maxAge',
    to: '< Number.POSITIVE_INFINITY',
  },
  'a request that writes reads near': {
    file: 'guards/authenticate.ts',
    from: "reads === 'own' && isRead",
    to: "reads === 'own'",
  },
  'a replica gets a write': {
    file: 'db.ts',
    from: "if (!isSelect(text)) throw new Error('A replica only reads.')",
    to: '',
  },
  'the primary is not asked right after a write': {
    file: 'replicas.ts',
    from: 'settlingTime = 5_000',
    to: 'settlingTime = 0',
  },
  'a write is forgotten while a replica that lacks it is believed': {
    file: 'replicas.ts',
    from: 'memory = 2 * minute',
    to: 'memory = minute',
  },
  'the last request that is answered decides the bookmark': {
    file: 'replicas.ts',
    from: 'one.bookmark > other.bookmark ? one.bookmark : other.bookmark',
    to: 'one.bookmark',
  },
  'a cache that fails counts as empty': {
    file: 'replicas.ts',
    from: 'const cached = await findInCache(name)',
    to: 'const cached = await findInCache(name).catch(() => undefined)',
  },
  'the cache is not read': {
    file: 'replicas.ts',
    from: 'const cached = await findInCache(name)',
    to: 'const cached = undefined as Write | undefined',
  },
  'a login does not ask whether its attempt was allowed': {
    file: 'auth/login-hint.ts',
    from: 'wasAllowed(attempt)} then',
    to: '1} then',
  },
  'a wrong password logs in': {
    file: 'auth/login-hint.ts',
    from: "isRight ? text : ''",
    to: 'text',
  },
  'a login trusts the row of a replica': {
    file: 'auth/login-hint.ts',
    from: 'rowIs(sql`case when',
    to: '(sql`1 or case when',
  },
  'a link trusts the row of a replica': {
    file: 'accounts/email-links.ts',
    from: 'and(matchesLink(near), rowIs(row.text))',
    to: 'matchesLink(near)',
  },
  'a current password trusts the row of a replica': {
    file: 'guards/current-password.ts',
    from: 'and(rowIs(row.text), token.isValid) as SQL',
    to: 'token.isValid as SQL',
  },
  'a current password trusts the token at a replica': {
    file: 'guards/current-password.ts',
    from: 'and(rowIs(row.text), token.isValid) as SQL',
    to: 'rowIs(row.text)',
  },
  'a current password does not ask whether its attempt was allowed': {
    file: 'guards/current-password.ts',
    from: 'isSame, wasAllowed(counted))',
    to: 'isSame)',
  },
}

/** A source file with the fault of this name, if the fault is in it. @throws if the file has changed */
export function mutated(name: string, path: string, code: string): string | undefined {
  const mutation = mutations[name]
  if (!mutation) throw new Error(`no mutation is called "${name}"`)
  if (!path.endsWith(`/src/${mutation.file}`)) return undefined
  if (code.split(mutation.from).length !== 2) {
    throw new Error(`src/${mutation.file} must have this text once: ${mutation.from}`)
  }
  return code.replace(mutation.from, () => mutation.to)
}
