// What other Workers find at a service binding to Gatehouse's entrypoint; types alone.

/** Claims of a token: what Simple JWT writes, and the deployer's own. */
export type TokenClaims = Record<string, unknown>

export type Verification =
  | { valid: true; user_id: number | string; claims: TokenClaims }
  | {
      valid: false
      code:
        | 'token_not_valid'
        | 'user_not_found'
        | 'user_inactive'
        | 'password_changed'
        | (string & {})
      /** In the words of our own routes. */
      detail: string
    }

export interface GatehouseService {
  /**
   * Whether a token lets somebody in, as our own routes decide: signature, type, session, user. `stateless`
   * looks at the token alone: no trip to the database, and a session that ended is not noticed.
   */
  verify(token: string, options?: { stateless?: boolean }): Promise<Verification>
  /** A user as `/auth/users/{id}/` shows him to staff; null if there is none. */
  user(id: number): Promise<Record<string, unknown> | null>
}
