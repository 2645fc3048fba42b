// How tokens travel: in a header that this client writes, or in cookies that only the browser reads.

import { type StoredSession, sessionOf, type Tokens } from './session.ts'

export interface Transport {
  /** Whether cookies may be there that this client knows nothing of. */
  hidesTokens: boolean
  /** The session to store. @param at when the request for the tokens was sent, in milliseconds */
  newSession(tokens: Tokens, at: number): StoredSession
  /** Adds the credentials of the session, or of none. */
  authorize(init: InitWithHeaders, session: StoredSession | undefined): RequestInit
  /** For a request that gets or ends tokens. */
  forTokens(init: RequestInit | undefined): RequestInit | undefined
}

interface InitWithHeaders extends RequestInit {
  headers: Headers
}

/** @param type one of AUTH_HEADER_TYPES */
export const headerTransport = (type: string): Transport => ({
  hidesTokens: false,
  newSession: sessionOf,
  authorize(init, session) {
    if (session) init.headers.set('authorization', `${type} ${session.access}`)
    return init
  },
  forTokens: (init) => init,
})

// As objects, since the types of Workers have no `credentials`.
const included: object = { credentials: 'include' }
const omitted: object = { credentials: 'omit' }

export const cookieTransport: Transport = {
  hidesTokens: true,
  newSession(tokens, at) {
    const { access: _, refresh: __, ...others } = sessionOf(tokens, at)
    return others
  },
  // Without a session, the cookies of a logout that failed must not count.
  authorize: (init, session) => ({ ...init, ...(session ? included : omitted) }),
  forTokens: (init) => ({ ...init, ...included }),
}
