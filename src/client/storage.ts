// Where a client keeps its session: one text under one key.

import { isBrowser } from './tabs.ts'

/** A storage of your own, such as React Native's AsyncStorage. Its functions may be asynchronous. */
export interface SessionStorage {
  get(key: string): string | null | undefined | Promise<string | null | undefined>
  set(key: string, value: string): unknown
  remove(key: string): unknown
}

/** What `localStorage` has of the functions of `Storage`. */
interface BrowserStorage {
  getItem(key: string): string | null
  setItem(key: string, value: string): void
  removeItem(key: string): void
}

/** For one client, until the page is closed. */
export function memoryStorage(): SessionStorage {
  const texts = new Map<string, string>()
  return {
    get: (key) => texts.get(key),
    set: (key, value) => texts.set(key, value),
    remove: (key) => texts.delete(key),
  }
}

/**
 * `localStorage`, for all tabs. A page from which the browser withholds it gets a memory. On a server nothing is kept,
 * since all users would share it.
 */
export function localStorageOrMemory(): SessionStorage {
  if (!isBrowser()) return onServer
  const browser = browserStorage()
  if (!browser) return memoryStorage()
  return {
    get: (key) => browser.getItem(key),
    set: (key, value) => browser.setItem(key, value),
    remove: (key) => browser.removeItem(key),
  }
}

const onServer: SessionStorage = {
  get: () => undefined,
  set() {
    throw new Error(
      "This storage requires a browser. Use storage: 'memory', or a storage of your own.",
    )
  },
  remove: () => undefined,
}

/** Reading the property throws where the browser blocks storage. */
function browserStorage(): BrowserStorage | undefined {
  try {
    return (globalThis as { localStorage?: BrowserStorage }).localStorage
  } catch {
    return undefined
  }
}
