// A request of the API and its answer as a value: the untyped half of the client's methods.

import type { Fetch } from './authorized-fetch.ts'
import { bodyOf, errorFrom, GatehouseError } from './errors.ts'
import type { FetchOptions, Result } from './types.ts'
import { fillPath, type Query } from './urls.ts'

interface AnyOptions extends FetchOptions {
  params?: { path?: Record<string, unknown>; query?: Query }
  body?: unknown
}

export type SendRequest = (
  method: string,
  path: string,
  options?: AnyOptions,
) => Promise<Result<unknown>>

/** @param send `fetch`, which may add credentials */
export function newRequest(
  base: string,
  send: Fetch,
  nonFieldErrorsKey: string | undefined,
): SendRequest {
  return async function request(method, path, { params, body, ...init } = {}) {
    const headers = new Headers(init.headers)
    headers.set('accept', 'application/json')
    if (body !== undefined) headers.set('content-type', 'application/json')
    const json = body === undefined ? {} : { body: JSON.stringify(body) }
    try {
      const url = base + fillPath(path, params?.path, params?.query)
      const response = await send(url, { ...init, method, headers, ...json })
      return response.ok
        ? { data: await bodyOf(response), response }
        : { error: await errorFrom(response, nonFieldErrorsKey), response }
    } catch (cause) {
      return { error: new GatehouseError({ status: 0, cause }), response: undefined }
    }
  }
}
