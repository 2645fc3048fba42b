// What an authentication class of REST framework finds in a request.

import type { AuthFailure, Credential } from '../auth/credential.ts'
import type { Call } from '../context.ts'
import type { ApiError } from '../http/errors.ts'

/** A credential that a request carries, and the words of its package for each failure. */
export interface RequestCredential extends Credential {
  errorFor(failure: AuthFailure): ApiError
}

/**
 * One of REST framework's authentication classes.
 * @returns undefined if the header belongs to another class; `anonymous` if it belongs to this class and holds no
 * credential, so that no other class is asked
 */
export type Authentication = (c: Call) => Promise<RequestCredential | 'anonymous' | undefined>
