// One line and one data point for each request, for operators (docs/operating.md). They have the pattern of the route and not
// the path, because a path may hold an id, an address or a token.

import type { Trips } from './db.ts'
import type { Settings } from './settings/parse.ts'

interface RequestFacts extends Trips {
  method: string
  /** The pattern that answered, without URL_PREFIX. `/*` if no route did. */
  route: string
  status: number
  /** Milliseconds until the response. The clock of a Worker does not move while it computes. */
  ms: number
  /** Cloudflare's id of the request; empty outside of Cloudflare. */
  requestId: string
}

/**
 * Writes the line and the data point. Development has no line, because wrangler prints its own for each request.
 * @param read is called only if the facts are recorded
 */
export function recordRequest(
  { accessLog, development }: Settings,
  analytics: AnalyticsEngineDataset | undefined,
  read: () => RequestFacts,
) {
  const isLogged = accessLog && !development
  if (!isLogged && !analytics) return
  const { requestId, ...facts } = read()
  const { method, route, status, near, far, ms } = facts
  if (isLogged) console.log({ message: 'request', request_id: requestId, ...facts })
  analytics?.writeDataPoint({
    indexes: [route.slice(0, maxIndexLength)],
    blobs: [method, route, requestId],
    doubles: [status, near, far, ms],
  })
}

/** In bytes. Analytics Engine drops a data point with a longer index. */
const maxIndexLength = 96
