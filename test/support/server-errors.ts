// For tests of our own errors: the log that they spy on, and the request ids in it.

import { expect, vi } from 'vitest'

/** The id of a request, unless Cloudflare gave it one. */
export const anyUuid = expect.stringMatching(
  /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
)

/** Records the errors that are logged, and prints none. */
export const spyOnErrors = () => vi.spyOn(console, 'error').mockImplementation(() => {})
