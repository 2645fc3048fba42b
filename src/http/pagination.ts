// rest_framework.pagination: finds the slice of a list that a request selects, and puts the results into an envelope.

import { maxResults, type PageSlice } from '../accounts/user-list.ts'
import type { Call } from '../context.ts'
import { ownUrl } from '../settings/urls.ts'
import { strip } from '../strip.ts'
import { notFound } from './errors.ts'
import { lastQueryValue } from './filters.ts'

type PageRequest = Pick<Call, 'req' | 'var'>

export interface Page extends PageSlice {
  /** @throws ApiError 404 for a page that does not exist */
  envelope(count: number, results: unknown[]): Envelope
}

interface Envelope {
  count: number
  next: string | null
  previous: string | null
  results: unknown[]
}

/** The page that a request selects; undefined if the whole list is returned. */
export function pagination(c: PageRequest): Page | undefined {
  const { defaultPaginationClass, pageSize } = c.var.settings
  switch (defaultPaginationClass) {
    case 'None':
      return undefined
    case 'PageNumberPagination':
      return pageSize === 0 ? undefined : byNumber(c, pageSize)
    case 'LimitOffsetPagination':
      return byOffset(c, pageSize)
  }
}

function byNumber(c: PageRequest, size: number): Page {
  const page = lastQueryValue(c, 'page') || '1'
  const backwards = page === 'last'
  const number = parseWholeNumber(page) ?? 0
  return {
    limit: size,
    // An impossible page is queried beyond the last row, so that the caller is authenticated before the 404.
    offset: backwards
      ? 0
      : number === 0
        ? beyondLastPage
        : Math.min((number - 1) * size, beyondLastPage),
    backwards,
    envelope(count, results) {
      const pages = Math.max(Math.ceil(count / size), 1)
      const current = backwards ? pages : number
      if (current < 1 || current > pages) throw notFound('Invalid page.')
      return {
        count,
        next: current < pages ? urlWith(c, { page: current + 1 }) : null,
        previous:
          current > 1 ? urlWith(c, { page: current === 2 ? undefined : current - 1 }) : null,
        // The slice was counted from the end, and its first rows belong to the page before.
        results: backwards ? results.slice((pages - 1) * size - count) : results,
      }
    },
  }
}

function byOffset(c: PageRequest, pageSize: number): Page | undefined {
  const limit = Math.min(parseWholeNumber(lastQueryValue(c, 'limit')) || pageSize, maxResults)
  if (limit === 0) return undefined
  const offset = Math.min(parseWholeNumber(lastQueryValue(c, 'offset')) ?? 0, beyondLastPage)
  return {
    limit,
    offset,
    backwards: false,
    envelope: (count, results) => ({
      count,
      next: offset + limit < count ? urlWith(c, { limit, offset: offset + limit }) : null,
      previous:
        offset > 0
          ? urlWith(c, { limit, offset: offset > limit ? offset - limit : undefined })
          : null,
      results,
    }),
  }
}

const beyondLastPage = Number.MAX_SAFE_INTEGER

/** Parses a number as Python's int() does; undefined if it is negative or not a whole number. */
function parseWholeNumber(text = ''): number | undefined {
  return /^\+?\d+$/.test(strip(text)) ? Number(strip(text)) : undefined
}

/** The request's URL at PUBLIC_URL with changed parameters, sorted as Django sorts them. */
export function urlWith(c: PageRequest, changes: Record<string, number | undefined>): string {
  const query = new URL(c.req.url).searchParams
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) query.delete(name)
    else query.set(name, String(value))
  }
  query.sort()
  // Python escapes `*` and not `~`; URLSearchParams does the opposite.
  const text = query.toString().replaceAll('*', '%2A').replaceAll('%7E', '~')
  return ownUrl(c.var.settings, `${c.req.path}${text === '' ? '' : `?${text}`}`)
}
