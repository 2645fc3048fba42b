// The types of a service binding to Gatehouse. rpc.ts implements them.

/** The claims of a token: those of Simple JWT, and those that the deployer adds. */
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
      /** The sentence that our routes answer. */
      detail: string
    }

export interface GatehouseService {
  /**
   * Verifies a token as our routes do: signature, type, session and user. One round trip to the database. `stateless`
   * checks the token alone: no round trip, and it does not notice a revoked session. With D1_READ_REPLICATION a replica may
   * answer. It notices a revoked session within 90 seconds. `fresh` asks the primary.
   */
  verify(token: string, options?: { stateless?: boolean; fresh?: boolean }): Promise<Verification>
  /**
   * A user as `/auth/users/{id}/` shows them to staff; null if there is none. With USER_PK = "uuid" the id is a UUID. With D1_READ_REPLICATION the user may be as they
   * were 90 seconds ago.
   */
  user(id: number | string): Promise<Record<string, unknown> | null>
}
