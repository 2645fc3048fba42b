// The client of all route tests: it sends requests to the Worker, in workerd, with real D1.

import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import worker from '../../src/worker.ts'
import { checkAnswer } from './document.ts'

interface Call {
  json?: unknown
  form?: Record<string, string>
  token?: string
  headers?: Record<string, string>
  body?: BodyInit
}

interface Answer {
  status: number
  headers: Headers
  /** Any JSON or text; a test compares it with what it expects. */
  body: ReturnType<typeof JSON.parse>
}

/** A client with its own IP address; `vars` are settings of the Worker that it calls. */
export function client(vars: Record<string, unknown> = {}) {
  const settings = { ...env, ...vars }
  const ip = `2001:db8:${randomHex()}:${randomHex()}::1`

  async function send(
    method: string,
    path: string,
    call: Call = {},
    origin = 'https://auth.test',
  ): Promise<Answer> {
    const request = new Request(`${origin}${path}`, {
      method,
      headers: {
        'cf-connecting-ip': ip,
        ...(call.json !== undefined && { 'content-type': 'application/json' }),
        ...(call.token && { authorization: `Bearer ${call.token}` }),
        ...call.headers,
      },
      body: bodyOf(call),
    })
    const context = createExecutionContext()
    const response = await worker.fetch(request, settings, context)
    const text = await response.text()
    await waitOnExecutionContext(context)
    checkAnswer(settings, request, { status: response.status, headers: response.headers, text })
    const isJson = text !== '' && response.headers.get('content-type') === 'application/json'
    return {
      status: response.status,
      headers: response.headers,
      body: isJson ? JSON.parse(text) : text,
    }
  }

  return {
    get: (path: string, call?: Call) => send('GET', path, call),
    post: (path: string, json?: unknown, call?: Call) => send('POST', path, { json, ...call }),
    put: (path: string, json?: unknown, call?: Call) => send('PUT', path, { json, ...call }),
    patch: (path: string, json?: unknown, call?: Call) => send('PATCH', path, { json, ...call }),
    delete: (path: string, json?: unknown, call?: Call) => send('DELETE', path, { json, ...call }),
    send,
    /** Emails to an address, newest first. */
    async mail(address: string) {
      // The mailbox answers only on the host of PUBLIC_URL.
      const origin = typeof vars.PUBLIC_URL === 'string' ? vars.PUBLIC_URL : undefined
      const { body } = await send('GET', `${vars.URL_PREFIX ?? ''}/dev/mailbox/`, {}, origin)
      return body.results.filter(
        (mail: { to: string }) => mail.to.toLowerCase() === address.toLowerCase(),
      )
    },
  }
}

function bodyOf({ json, form, body }: Call) {
  if (json !== undefined) return JSON.stringify(json)
  return form ? new URLSearchParams(form) : body
}

const randomHex = () => Math.floor(Math.random() * 0xffff).toString(16)

export type Api = ReturnType<typeof client>
