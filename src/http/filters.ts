// rest_framework.filters: the search terms and the order of a list. DEFAULT_FILTER_BACKENDS switches them on.

import type { Call } from '../context.ts'

type FilterRequest = Pick<Call, 'req' | 'var'>

/** SearchFilter: words separated by white space or commas, and phrases in quotes. */
export function searchTerms(c: FilterRequest): string[] {
  const { defaultFilterBackends, searchParam } = c.var.settings
  if (!defaultFilterBackends.includes('SearchFilter')) return []
  const text = lastQueryValue(c, searchParam) ?? ''
  const terms = [...text.matchAll(/"([^"]*)"|'([^']*)'|[^\s,]+/g)].map(
    ([term, double, single]) => double ?? single ?? term,
  )
  return [...new Set(terms)].filter((term) => term !== '')
}

/** OrderingFilter: the known names that the query lists; `-` before a name means descending. */
export function ordering<Name extends string>(c: FilterRequest, known: Name[]) {
  const { defaultFilterBackends, orderingParam } = c.var.settings
  if (!defaultFilterBackends.includes('OrderingFilter')) return []
  const names = (lastQueryValue(c, orderingParam) ?? '').split(',').map((name) => name.trim())
  return [...new Set(names)].flatMap((term) => {
    const name = known.find((each) => each === term.replace(/^-/, ''))
    return name === undefined ? [] : [{ name, descending: term.startsWith('-') }]
  })
}

/** A query parameter; the last one if there are several, as in Django. */
export const lastQueryValue = (c: FilterRequest, name: string): string | undefined =>
  c.req.queries(name)?.at(-1)
