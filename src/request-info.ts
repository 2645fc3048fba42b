// When and from where a request comes, as sessions and security events keep it.

/** The client that sent a request, as far as it is known. */
export interface ClientInfo {
  ip?: string
  userAgent?: string
  /** Two letters, as Cloudflare names it. */
  country?: string
}

export interface RequestInfo extends ClientInfo {
  now: Date
  /** Unique to this request, so that a statement that is sent twice is applied once. */
  requestId: string
}
