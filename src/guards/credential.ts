import type { SQL } from 'drizzle-orm'
import type { Call } from '../context.ts'
import type { User } from '../schema.ts'
import type { Claims } from '../tokens/jwt.ts'

/** What a request brings to show who sends it. */
export interface Credential {
  /** SQL: the id of whom it names. */
  userId: SQL<number>
  /** SQL, read with the user: whether it has not been taken back. */
  isValid: SQL<number>
  /** Of a JWT. */
  claims?: Claims
  /** @throws ApiError 401 in the original's words, if it does not let this user in */
  checkUser(user: User | undefined, stands: boolean): Promise<User>
}

/**
 * One of REST framework's authentication classes: undefined where the header is not its own, `nobody`
 * where it is and names none.
 */
export type Authentication = (c: Call) => Promise<Credential | 'anonymous' | undefined>
