// What tabs of a browser share: a lock, and news of the session. Neither exists everywhere, and nothing here requires them.

interface Locks {
  request<T>(name: string, options: { signal: AbortSignal }, work: () => Promise<T>): Promise<T>
}

interface Channel {
  onmessage: (() => void) | null
  postMessage(message: string): void
  /** Node's: its process may end. */
  unref?(): void
}

interface BrowserGlobals {
  navigator?: { locks?: Locks }
  BroadcastChannel?: new (name: string) => Channel
  addEventListener?: (type: 'storage', listener: (event: { key: string | null }) => void) => void
}

const browser = globalThis as BrowserGlobals

/** Whether this is a browser's page or worker. On a server one process has many users, also where it is called a worker. */
export const isBrowser = () => 'document' in globalThis || 'importScripts' in globalThis

/** Runs work in one tab at a time, where the browser has Web Locks. */
export async function withTabLock<T>(name: string, work: () => Promise<T>): Promise<T> {
  const locks = browser.navigator?.locks
  if (!locks) return work()
  const waiting = new AbortController()
  const timer = setTimeout(() => waiting.abort(), patience)
  const start = Date.now()
  let running: Promise<T> | undefined
  const run = () => {
    clearTimeout(timer)
    running ??= afterOtherTab(Date.now() - start).then(work)
    return running
  }
  try {
    return await locks.request(name, { signal: waiting.signal }, run)
  } catch {
    return run()
  }
}

/** Milliseconds after which work starts without the lock, so that a tab that hangs stops no other. */
const patience = 30_000

/** Browsers write `localStorage` in the background. So what the tab that had the lock wrote may arrive after the lock. */
async function afterOtherTab(waited: number): Promise<void> {
  if (waited > 10) await new Promise((resolve) => setTimeout(resolve, 50))
}

/** Hears of changes in other tabs. @returns a function that tells them of a change */
export function listenToTabs(name: string, onChange: () => void): () => void {
  browser.addEventListener?.('storage', ({ key }) => {
    if (key === name || key === null) onChange()
  })
  if (!browser.BroadcastChannel) return () => undefined
  const channel = new browser.BroadcastChannel(name)
  channel.onmessage = () => {
    onChange()
    // The message may arrive before what was stored.
    setTimeout(onChange, 200)
  }
  channel.unref?.()
  return () => channel.postMessage('changed')
}
