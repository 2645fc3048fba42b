// Ours: all that is held on a person, for himself to take away (GDPR, articles 15 and 20).

import { Hono } from 'hono'
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
import { view } from '../http/view.ts'

export const exportRoutes = new Hono<App>()

exportRoutes.use('/users/me/export/', view('Export', ['GET'], { guard: authenticated }))

// A page has a thousand rows of each table; `next` leads on while there may be more.
exportRoutes.get('/users/me/export/', async (c) => {
  const { db, now } = c.var
  const asked = lastQueryValue(c, 'page') || '1'
  const page = /^[1-9]\d{0,5}$/.test(asked) ? Number(asked) : undefined

  const { user, claims, rows } = await authenticateWithAll(c, (callerId) =>
    exportRows(db, callerId, ((page ?? 1) - 1) * exportPageSize),
  )
  if (isImpersonated(claims)) throw forbidden()
  if (page === undefined) throw notFound('Invalid page.')

  const isMore = rows.some(({ length }) => length === exportPageSize)
  c.header('Content-Disposition', `attachment; filename="account-${user.id}.json"`)
  return c.json({
    exported_at: toJson(now),
    user: rowToJson(exportUser(user)),
    ...Object.fromEntries(exportedTables.map((name, i) => [name, rows[i]?.map(rowToJson)])),
    next: isMore ? urlWith(c, { page: page + 1 }) : null,
  })
})

const rowToJson = (row: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, toJson(value)]))
