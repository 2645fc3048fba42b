// When a request came and from which client, as sessions and security events record it.

/** The client that sent a request. Cloudflare or a trusted server names it; anything may be unknown. */
export interface ClientInfo {
  ip?: string
  userAgent?: string
  /** Two letters. */
  country?: string
}

export interface RequestInfo extends ClientInfo {
  now: Date
  /** Unique to this request, so that a statement that is sent twice applies once. */
  requestId: string
}
