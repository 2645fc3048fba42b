// A server with TRUSTED_SERVER_SECRET, and the headers that it sends.

export const secret = 'a-secret-of-the-server-0123456789-01'
export const vars = { TRUSTED_SERVER_SECRET: secret }
/** The address that Cloudflare names for every Worker that calls another zone. */
export const shared = '2a06:98c0:3600::103'

/** The headers that a server sends for one of its clients. */
export const from = (ip: string, more: Record<string, string> = {}) => ({
  'cf-connecting-ip': shared,
  'cf-ipcountry': 'XX',
  'user-agent': 'node',
  'x-gatehouse-secret': secret,
  'x-gatehouse-client-ip': ip,
  ...more,
})

const { 'x-gatehouse-client-ip': _, ...own } = from('')
/** The headers that a server sends for itself. */
export const fromServer = own
