// The session of a client: read from its storage each time, because another tab may have changed it.

import {
  type ClientSession,
  isSameSession,
  parseSession,
  type StoredSession,
  serialize,
} from './session.ts'
import type { SessionStorage } from './storage.ts'
import { listenToTabs } from './tabs.ts'

export type SessionListener = (session: ClientSession | undefined) => void

export type Store = ReturnType<typeof newStore>

/** @param isShared whether other tabs read the same storage */
export function newStore(storage: SessionStorage, key: string, isShared: boolean) {
  let text: string | null | undefined
  let stored: StoredSession | undefined
  let session: ClientSession | undefined
  let announced: ClientSession | undefined
  let tellTabs: (() => void) | undefined
  let writes = 0
  const listeners = new Set<SessionListener>()

  /** The same text gives the same object, so that callers can compare sessions by `===`. */
  function remember(next: string | null | undefined) {
    if (next === text) return stored
    text = next
    stored = parseSession(next)
    if (!isSameSession(stored, session)) session = stored && { claims: stored.claims }
    return stored
  }

  function announce() {
    if (announced === session) return
    announced = session
    for (const listener of listeners) listener(session)
  }

  async function read(): Promise<StoredSession | undefined> {
    const before = writes
    const found = await storage.get(key)
    // What an asynchronous storage answers after a write may be older than that write.
    if (before !== writes) return read()
    remember(found)
    announce()
    return stored
  }

  /** For news of other tabs. If the storage fails, the next request says so. */
  const readLater = () => void read().catch(() => undefined)

  function connect() {
    tellTabs ??= isShared ? listenToTabs(key, readLater) : () => undefined
    return tellTabs
  }

  async function changed() {
    writes++
    connect()()
    await read()
  }

  return {
    read,

    /** What is known without waiting: of an asynchronous storage, what the last `read` found. */
    peek(): ClientSession | undefined {
      const found = storage.get(key)
      if (typeof found !== 'object' || found === null) remember(found)
      return session
    },

    async write(next: StoredSession): Promise<void> {
      await storage.set(key, serialize(next))
      await changed()
    },

    async remove(): Promise<void> {
      await storage.remove(key)
      await changed()
    },

    /** @returns a function that removes the listener */
    onChange(listener: SessionListener): () => void {
      connect()
      listeners.add(listener)
      readLater()
      return () => listeners.delete(listener)
    },
  }
}
