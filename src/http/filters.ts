// rest_framework.filters: what a list is searched for, and how it is ordered. Off where
// DEFAULT_FILTER_BACKENDS does not name them.

import type { Call } from '../context.ts'

type FilterRequest = Pick<Call, 'req' | 'var'>

/** SearchFilter: words between white space and commas, or phrases in quotes. */
export function searchTerms(c: FilterRequest): string[] {
  const { defaultFilterBackends, searchParam } = c.var.settings
  if (!defaultFilterBackends.includes('SearchFilter')) return []
  const text = lastQueryValue(c, searchParam) ?? ''
  const terms = [...text.matchAll(/"([^"]*)"|'([^']*)'|[^\s,]+/g)].map(
    ([term, double, single]) => double ?? single ?? term,
  )
  return [...new Set(terms)].filter((term) => term !== '')
}

/** OrderingFilter: those of the names that are known, `-` for descending. */
export function ordering<Name extends string>(c: FilterRequest, known: Name[]) {
  const { defaultFilterBackends, orderingParam } = c.var.settings
  if (!defaultFilterBackends.includes('OrderingFilter')) return []
  const names = (lastQueryValue(c, orderingParam) ?? '').split(',').map((name) => name.trim())
  return [...new Set(names)].flatMap((asked) => {
    const name = known.find((each) => each === asked.replace(/^-/, ''))
    return name === undefined ? [] : [{ name, descending: asked.startsWith('-') }]
  })
}

/** A parameter of the query; of several the last counts, as in Django. */
export const lastQueryValue = (c: FilterRequest, name: string): string | undefined =>
  c.req.queries(name)?.at(-1)
