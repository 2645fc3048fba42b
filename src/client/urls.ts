// URLs as text, since React Native's `URL` lacks parts that this needs.

/** Values of a query; a list becomes one pair for each item. */
export type Query = Record<string, unknown>

/** Fills `{name}` in a path, and adds the query. */
export function fillPath(path: string, values: Record<string, unknown> = {}, query: Query = {}) {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encode(values[name]))
  const pairs = Object.entries(query)
    .flatMap(([name, value]) => [value].flat().map((item) => [name, item] as const))
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
  return pairs.length > 0 ? `${filled}?${pairs.join('&')}` : filled
}

const encode = (value: unknown) => encodeURIComponent(String(value))

/** The absolute URL of the API, without a slash at its end. A path is one of the page's own origin. */
export function absoluteUrl(url: string): string {
  // `fetch` would only say that it failed.
  if (!/^(?:https?:\/\/|\/|$)/.test(url))
    throw new Error('url must begin with https:// or http://, or be a path of the page.')
  const { location } = globalThis as { location?: { origin: string } }
  const absolute = url.startsWith('/') ? `${location?.origin ?? ''}${url}` : url
  return absolute.replace(/\/+$/, '')
}

export const originOf = (url: string) => /^https?:\/\/[^/?#]+/.exec(url)?.[0] ?? ''

/** Whether a URL is of this origin: it begins with it, and nothing more of a host follows. */
export const isAt = (origin: string, url: string) =>
  url.startsWith(origin) && /^(?:[/?#]|$)/.test(url.slice(origin.length))

export const hrefOf = (input: string | URL | Request) =>
  typeof input === 'string' ? input : 'url' in input ? input.url : input.href
