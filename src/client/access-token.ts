// The access token for callers that send it themselves, and a new one on demand.

import { type Refresh, renewIfStale } from './refresh.ts'
import type { Store } from './store.ts'

interface Parts {
  store: Store
  refresh: Refresh
  /** Whether cookies may be there that this client knows nothing of. */
  hidesTokens: boolean
}

export function newAccessToken({ store, refresh, hidesTokens }: Parts) {
  return {
    async accessToken({ validFor = 0 } = {}) {
      const { session, failure } = await renewIfStale(refresh, await store.read(), validFor * 1000)
      return failure ?? { data: session?.access, response: undefined }
    },

    async refreshNow() {
      const stored = await store.read()
      const { failure } = stored || hidesTokens ? await refresh(stored) : {}
      return failure ?? { data: store.peek(), response: undefined }
    },
  }
}
