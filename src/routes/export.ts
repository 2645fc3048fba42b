// Ours: all that is held on a person, for himself to take away (GDPR, articles 15 and 20).

import { Hono } from 'hono'
import { heldIn, heldOf, heldRows, mostHeld } from '../accounts/personal-data.ts'
import type { App } from '../context.ts'
import { authenticated, callerAndAll, isImpersonated } from '../guards/guards.ts'
import { forbidden, notFound } from '../http/errors.ts'
import { queryOf } from '../http/filters.ts'
import { shownValue } from '../http/model-fields.ts'
import { addressWith } from '../http/pagination.ts'
import { view } from '../http/view.ts'

export const personalExport = new Hono<App>()

personalExport.use('/users/me/export/', view('Export', ['GET'], { otherwise: authenticated }))

// A page has a thousand rows of each table; `next` leads on while there may be more.
personalExport.get('/users/me/export/', async (c) => {
  const { db, now } = c.var
  const asked = queryOf(c, 'page') || '1'
  const page = /^[1-9]\d{0,5}$/.test(asked) ? Number(asked) : undefined

  const { user, claims, rows } = await callerAndAll(c, (callerId) =>
    heldRows(db, callerId, ((page ?? 1) - 1) * mostHeld),
  )
  if (isImpersonated(claims)) throw forbidden()
  if (page === undefined) throw notFound('Invalid page.')

  const isMore = rows?.some(({ length }) => length === mostHeld)
  c.header('Content-Disposition', `attachment; filename="account-${user.id}.json"`)
  return c.json({
    exported_at: shownValue(now),
    user: shownRow(heldOf(user)),
    ...Object.fromEntries(heldIn.map((name, i) => [name, rows?.[i]?.map(shownRow)])),
    next: isMore ? addressWith(c, { page: page + 1 }) : null,
  })
})

const shownRow = (row: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, shownValue(value)]))
