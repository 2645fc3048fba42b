// Gatehouse's own endpoint: the users download their own personal data (GDPR, articles 15 and 20).

import { type Context, Hono } from 'hono'
import {
  exportedTables,
  exportPageSize,
  exportRows,
  exportUser,
} from '../accounts/personal-data.ts'
import type { App } from '../context.ts'
import { authenticateWithAll } from '../guards/authenticate.ts'
import { authenticated, isImpersonated } from '../guards/guards.ts'
import { forbidden, notFound } from '../http/errors.ts'
import { lastQueryValue } from '../http/filters.ts'
import { toJson } from '../http/model-fields.ts'
import { urlWith } from '../http/pagination.ts'
import { endpoint } from '../http/view.ts'
import { publicIdOf } from '../public-id.ts'

export const exportRoutes = new Hono<App>()

endpoint(exportRoutes, '/users/me/export/', {
  name: 'Export',
  guard: authenticated,
  GET: [exportMe],
})

/** A page has up to `exportPageSize` rows of each table. `next` is the URL of the next page, if there may be one. */
async function exportMe(c: Context<App>) {
  const { db, settings, now } = c.var
  const sent = lastQueryValue(c, 'page') || '1'
  const page = /^[1-9]\d{0,5}$/.test(sent) ? Number(sent) : undefined

  const { user, claims, rows } = await authenticateWithAll(c, 'own', (callerId) =>
    exportRows(db, settings, callerId, ((page ?? 1) - 1) * exportPageSize),
  )
  if (isImpersonated(claims)) throw forbidden()
  if (page === undefined) throw notFound('Invalid page.')

  const hasMore = rows.some(({ length }) => length === exportPageSize)
  c.header(
    'Content-Disposition',
    `attachment; filename="account-${publicIdOf(settings, user)}.json"`,
  )
  return c.json({
    exported_at: toJson(now),
    user: rowToJson(exportUser(settings, user)),
    ...Object.fromEntries(exportedTables().map((name, i) => [name, rows[i]?.map(rowToJson)])),
    next: hasMore ? urlWith(c, { page: page + 1 }) : null,
  })
}

const rowToJson = (row: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, toJson(value)]))
