// URL_PREFIX, the path below which this Worker serves everything, and our own URLs.

import type { Reader } from './env.ts'

/** @returns the prefix without a final slash, as "/api/v1"; empty for none */
export function urlPrefix(read: Reader): string {
  /** The path below which Gatehouse serves everything: [how](deploying.md#serve-the-api-below-a-path). @django ours */
  const prefix = read.form('URL_PREFIX', mustBePrefix, prefixIn)
  return prefix ?? ''
}

const prefixIn = (value: string) => {
  const prefix = withoutFinalSlash(value)
  return isPrefix(prefix) ? prefix : undefined
}

function mustBePrefix(value: string): string {
  const nearest = nearestPrefix(value)
  return `a path that begins with "/"${nearest ? `. Write "${nearest}"` : ', such as "/api/v1"'}`
}

/**
 * The path below the prefix, as routes are written. A wrong prefix counts as no prefix here: routing comes before the
 * context, which reports it.
 * @returns undefined for a path outside the prefix
 */
export function pathBelowPrefix(env: object | undefined, pathname: string): string | undefined {
  const { URL_PREFIX: value } = (env ?? {}) as { URL_PREFIX?: unknown }
  const prefix = typeof value === 'string' ? withoutFinalSlash(value) : ''
  if (prefix === '' || !isPrefix(prefix)) return pathname
  if (pathname === prefix) return '/'
  return pathname.startsWith(`${prefix}/`) ? pathname.slice(prefix.length) : undefined
}

/** The URL of one of our own paths, as "/activate/". */
export const ownUrl = (
  { publicUrl, urlPrefix }: { publicUrl: string; urlPrefix: string },
  path: string,
): string => `${publicUrl}${urlPrefix}${path}`

const withoutFinalSlash = (value: string) => value.replace(/\/$/, '')

/** Segments of unreserved characters (RFC 3986 §2.3), of which none is "." or "..". */
export const prefixPattern = /^(\/(?!\.{1,2}(\/|$))[A-Za-z0-9._~-]+)*$/

const isPrefix = (value: string) => prefixPattern.test(value)

/** The prefix that `api/v1`, `https://example.com/api` or `/api/?x` probably means; empty if there is none. */
function nearestPrefix(value: string): string {
  const [path = ''] = value
    .trim()
    .replace(/^[a-z]+:\/\/[^/]*/i, '')
    .split(/[?#]/)
  const prefix = path.split('/').filter(Boolean).join('/')
  return prefix !== '' && isPrefix(`/${prefix}`) ? `/${prefix}` : ''
}
