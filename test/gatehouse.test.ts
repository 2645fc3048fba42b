// What a deployer hands to `gatehouse()`: routes and handlers with bindings of their own, in code and in types.

import {
  createExecutionContext,
  createMessageBatch,
  createScheduledController,
} from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { type Context, Hono } from 'hono'
import { afterEach, describe, expect, expectTypeOf, test, vi } from 'vitest'
import migrations from '../migrations/meta/_journal.json' with { type: 'json' }
import {
  type App,
  type Authenticated,
  authenticated,
  endpoint,
  type FailedLogin,
  gatehouse,
  type Handlers,
  type Hooks,
  rateLimitCaller,
  type SignUpRequest,
  type SuccessfulLogin,
  staff,
} from '../src/index.ts'
import { standardUserModel } from '../src/user-model.ts'
import { newPerson, pendingUser, userOf } from './support/people.ts'

interface Mine extends App {
  Bindings: App['Bindings'] & { GREETING: string; QUEUE: Queue<{ id: number }> }
}
type MineBindings = Mine['Bindings']

const shipped = { userModel: standardUserModel, migrations }
const bindings = { ...env, GREETING: 'Good morning' } as unknown as MineBindings

// The options of other tests' Worker are those of the last call of `gatehouse`.
afterEach(() => {
  gatehouse(shipped)
})

const routes = new Hono<Mine>()
endpoint(routes, '/mine/greeting/', { name: 'Greeting', GET: [greet] })
endpoint(routes, '/mine/me/', {
  name: 'Mine',
  guard: authenticated,
  GET: [authenticated, showMine],
  POST: [authenticated, rateLimitCaller('mine'), showMine],
  DELETE: [staff, showMine],
})

function greet(c: Context<Mine>) {
  expectTypeOf(c.env.GREETING).toEqualTypeOf<string>()
  return c.json({ greeting: c.env.GREETING })
}

function showMine(c: Context<Mine & Authenticated>) {
  expectTypeOf(c.env.GREETING).toEqualTypeOf<string>()
  return c.json({ id: c.var.user.id, greeting: c.env.GREETING })
}

test('a handler that reads the caller without a guard is a type error, with own bindings too', () => {
  const unguarded = new Hono<Mine>()
  endpoint(unguarded, '/mine/unguarded/', {
    name: 'Unguarded',
    // @ts-expect-error: no guard sets `user`
    GET: [showMine],
  })
})

test('a route reads bindings of its own, and is behind our headers', async () => {
  const worker = gatehouse({ ...shipped, routes })
  const request = new Request('https://auth.test/mine/greeting/')
  const response = await worker.fetch(request, bindings, createExecutionContext())
  expect(await response.json()).toEqual({ greeting: 'Good morning' })
  expect(response.headers.get('x-content-type-options')).toBe('nosniff')
})

test('hooks get bindings of their own', async () => {
  const greetings: unknown[] = []
  const hooks: Hooks<MineBindings> = {
    beforeSignUp({ env: own }) {
      expectTypeOf(own).toEqualTypeOf<MineBindings>()
      greetings.push(own.GREETING)
      return undefined
    },
  }
  const worker = gatehouse({ ...shipped, hooks, routes })
  const request = new Request('https://auth.test/auth/users/', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(newPerson()),
  })
  const response = await worker.fetch(request, bindings, createExecutionContext())
  expect(response.status).toBe(201)
  expect(greetings).toEqual(['Good morning'])
  expectTypeOf<SignUpRequest<MineBindings>['env']>().toEqualTypeOf<MineBindings>()
  expectTypeOf<SuccessfulLogin['user']>().not.toHaveProperty('password')
  expectTypeOf<FailedLogin>().not.toHaveProperty('user')
})

test('options infer the bindings of the routes', () => {
  gatehouse({
    ...shipped,
    routes,
    hooks: {
      onLoginFailure: ({ env: own }) => {
        expectTypeOf(own.GREETING).toEqualTypeOf<string>()
      },
      canAuthenticate: ({ status }) => status === 'active',
    },
    handlers: {
      queue: async (batch, own) => {
        expectTypeOf(own.QUEUE).toEqualTypeOf<Queue<{ id: number }>>()
        batch.ackAll()
      },
    },
  })
  gatehouse<Mine>({
    ...shipped,
    handlers: { scheduled: (_, own) => expectTypeOf(own.GREETING).toEqualTypeOf<string>() },
  })
  // @ts-expect-error: a rule that must be awaited could not be asked at each request
  gatehouse({ ...shipped, hooks: { canAuthenticate: async () => true } })
  // @ts-expect-error: no such column
  gatehouse({ ...shipped, hooks: { beforeSignUp: () => ({ fields: { isStaff: true } }) } })
})

describe('the handler `scheduled` of the deployer', () => {
  const controller = (at: number) => createScheduledController({ scheduledTime: new Date(at) })

  /** A user that the cron deletes, and when. */
  async function expiring() {
    const { email } = await pendingUser()
    return { email, later: Date.now() + 400 * 86_400_000 }
  }

  test('runs after ours, with controller, env and ctx', async () => {
    const { email, later } = await expiring()
    const seen: unknown[] = []
    const { scheduled } = gatehouse<Mine>({
      ...shipped,
      handlers: {
        async scheduled(...given) {
          seen.push(...given, await userOf(email))
        },
      },
    })
    const ctx = createExecutionContext()
    const event = controller(later)
    await scheduled(event, bindings, ctx)
    expect(seen).toEqual([event, bindings, ctx, null])
    expect(seen[1]).toBe(bindings)
    expect(seen[2]).toBe(ctx)
  })

  test('fails the run if it throws, after ours is done', async () => {
    const { email, later } = await expiring()
    const { scheduled } = gatehouse({
      ...shipped,
      handlers: {
        scheduled: () => {
          throw new Error('theirs')
        },
      },
    })
    const run = scheduled(controller(later), bindings, createExecutionContext())
    await expect(run).rejects.toThrow('theirs')
    expect(await userOf(email)).toBeNull()
  })

  test('runs even if ours fails, and both errors are those of the run', async () => {
    const theirs = vi.fn()
    const { scheduled } = gatehouse({ ...shipped, handlers: { scheduled: theirs } })
    const broken = { ...bindings, SECRET_KEY: '' }
    const run = () => scheduled(controller(Date.now()), broken, createExecutionContext())
    await expect(run()).rejects.toThrow(/SECRET_KEY/)
    expect(theirs).toHaveBeenCalledTimes(1)
    theirs.mockRejectedValue(new Error('theirs'))
    await expect(run()).rejects.toThrow(AggregateError)
  })
})

test('the handlers `queue` and `email` are the deployer’s, and absent without one', async () => {
  const queue = vi.fn<NonNullable<Handlers['queue']>>()
  const email = vi.fn<NonNullable<Handlers['email']>>()
  const worker: Partial<Handlers> = gatehouse({ ...shipped, handlers: { queue, email } })
  const messages = createMessageBatch('mine', [
    { id: '1', timestamp: new Date(), attempts: 1, body: { id: 7 } },
  ])
  const ctx = createExecutionContext()
  await worker.queue?.(messages, bindings, ctx)
  expect(queue.mock.calls).toEqual([[messages, bindings, ctx]])
  expect(worker.email).toBe(email)
  expect(Object.keys(gatehouse(shipped)).sort()).toEqual(['fetch', 'scheduled'])
})
