// rest_framework.pagination: which part of a list is asked for, and the envelope it is answered in.

import { maxResults, type PageSlice } from '../accounts/user-list.ts'
import type { Call } from '../context.ts'
import { ownUrl } from '../settings/urls.ts'
import { strip } from '../strip.ts'
import { notFound } from './errors.ts'
import { lastQueryValue } from './filters.ts'

type PageRequest = Pick<Call, 'req' | 'var'>

export interface Page extends PageSlice {
  /** @throws ApiError 404 for a page that is not there */
  envelope(count: number, results: unknown[]): Envelope
}

interface Envelope {
  count: number
  next: string | null
  previous: string | null
  results: unknown[]
}

/** The part that is asked for; undefined where lists are answered whole. */
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
  const asked = lastQueryValue(c, 'page') || '1'
  const backwards = asked === 'last'
  const number = wholeNumber(asked) ?? 0
  return {
    limit: size,
    // A page that cannot be is looked for where nobody is, so that who calls is asked first.
    offset: backwards
      ? 0
      : number === 0
        ? beyondLastPage
        : Math.min((number - 1) * size, beyondLastPage),
    backwards,
    envelope(count, results) {
      const pages = Math.max(Math.ceil(count / size), 1)
      const page = backwards ? pages : number
      if (page < 1 || page > pages) throw notFound('Invalid page.')
      return {
        count,
        next: page < pages ? urlWith(c, { page: page + 1 }) : null,
        previous: page > 1 ? urlWith(c, { page: page === 2 ? undefined : page - 1 }) : null,
        // Counted from the end, the first ones belong to the page before.
        results: backwards ? results.slice((pages - 1) * size - count) : results,
      }
    },
  }
}

function byOffset(c: PageRequest, pageSize: number): Page | undefined {
  const limit = Math.min(wholeNumber(lastQueryValue(c, 'limit')) || pageSize, maxResults)
  if (limit === 0) return undefined
  const offset = Math.min(wholeNumber(lastQueryValue(c, 'offset')) ?? 0, beyondLastPage)
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

/** As Python's int() reads it; undefined for what is none, or below zero. */
function wholeNumber(text = ''): number | undefined {
  return /^\+?\d+$/.test(strip(text)) ? Number(strip(text)) : undefined
}

/** The request's own address at PUBLIC_URL, with other parameters, sorted as Django sorts them. */
export function urlWith(c: PageRequest, changes: Record<string, number | undefined>): string {
  const query = new URL(c.req.url).searchParams
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) query.delete(name)
    else query.set(name, String(value))
  }
  query.sort()
  // Python and browsers differ in two characters that need not be escaped.
  const text = query.toString().replaceAll('*', '%2A').replaceAll('%7E', '~')
  return ownUrl(c.var.settings, `${c.req.path}${text === '' ? '' : `?${text}`}`)
}
