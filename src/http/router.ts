// Hono's router, with a map of the fixed paths before it. Hono has a map of its own, but not for an app that has both
// `/users/me/` and `/users/:id/`.

import type { Result, Router } from 'hono/router'
import { TrieRouter } from 'hono/router/trie-router'

/** A fixed path and a method match the same handlers each time, so they are looked up once. */
export function fixedPathRouter<T>(): Router<T> {
  const router = new TrieRouter<T>()
  const fixedPaths = new Set<string>()
  const matches = new Map<string, Result<T>>()
  return {
    name: 'FixedPathRouter',
    add(method, path, handler) {
      router.add(method, path, handler)
      matches.clear()
      if (!/[:*]/.test(path)) fixedPaths.add(path)
    },
    match(method, path) {
      if (!fixedPaths.has(path)) return router.match(method, path)
      const key = `${method} ${path}`
      const known = matches.get(key)
      if (known) return known
      const match = router.match(method, path)
      matches.set(key, match)
      return match
    },
  }
}
