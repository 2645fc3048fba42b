// What differs between kinds of tokens: the paths, and the names in answers.

import type { Tokens } from './session.ts'

export interface Dialect {
  loginPath: string
  /** Undefined if tokens cannot be renewed. */
  refreshPath?: string
  /** Each is tried if the one before it answers 404. */
  logoutPaths: string[]
  /** The tokens in the answer of a login or a refresh. @returns undefined if there are none */
  tokensIn(answer: unknown): Tokens | undefined
}

/** Simple JWT's pairs of tokens. */
export const simpleJwt = (loginPath: string): Dialect => ({
  loginPath,
  refreshPath: `${loginPath.replace('create/', '')}refresh/`,
  logoutPaths: ['/auth/jwt/logout/', '/api/token/blacklist/'],
  tokensIn(answer) {
    const { access, refresh } = (answer ?? {}) as Partial<Tokens>
    return typeof access === 'string' ? { access, refresh } : undefined
  },
})
