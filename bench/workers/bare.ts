// A bare Worker: Hono that says hello, one read of D1 and one write of D1. It bounds what any Worker can reach on this machine.

import { Hono } from 'hono'

const app = new Hono<{ Bindings: { DB: D1Database } }>()

app.get('/hello', (c) => c.text('hello'))

app.get('/select/:id', async (c) => {
  const statement = c.env.DB.prepare('SELECT * FROM users WHERE id = ?')
  const { results } = await statement.bind(Number(c.req.param('id'))).all()
  return c.json(results[0])
})

app.post('/update/:id', async (c) => {
  const statement = c.env.DB.prepare(
    `UPDATE sessions SET refresh_counter = refresh_counter + 1, refreshed_at = ?, last_used_at = ?
     WHERE id = ? RETURNING *`,
  )
  const now = Date.now()
  const { results } = await statement.bind(now, now, c.req.param('id')).all()
  return c.json(results[0])
})

export default app
