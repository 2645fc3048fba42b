// The time and the client of a request. Cloudflare names the client's address, user agent and country. A trusted server
// names them for its own client, and authenticates by TRUSTED_SERVER_SECRET (docs/servers-as-clients.md).

import { createMiddleware } from 'hono/factory'
import type { App, Call, Client } from '../context.ts'
import { hexDigest, isEqual } from '../encoding.ts'
import { parseIpAddress } from '../ip-address.ts'
import type { RequestInfo } from '../request-info.ts'
import { secretHeader } from '../settings/trusted-servers.ts'
import { badRequest, forbidden } from './errors.ts'

/** Sets `c.var.client`. */
export const client = createMiddleware<App>(async function client(c, next) {
  const secret = c.req.header(secretHeader)
  c.set(
    'client',
    secret === undefined ? cloudflareClient(c) : await clientOfTrustedServer(c, secret),
  )
  await next()
})

/** The facts of a request that sessions and security events record, with a new `requestId`. */
export function requestInfo({ var: { now, client } }: Pick<Call, 'var'>): RequestInfo {
  const { isServer: _, ...info } = client
  return { now, requestId: crypto.randomUUID(), ...info }
}

/** The client as Cloudflare names it. Other headers in which a client describes itself are ignored. */
const cloudflareClient = ({ req }: Pick<Call, 'req'>): Client =>
  clientFrom(req.header('cf-connecting-ip'), req.header('user-agent'), req.header('cf-ipcountry'))

/**
 * The client that a trusted server names. A server that names none acts for itself. It has a user agent and no address:
 * many servers may share one. @throws ApiError 403 for a wrong secret, 400 for an invalid address or country
 */
async function clientOfTrustedServer(
  c: Pick<Call, 'req' | 'var'>,
  secret: string,
): Promise<Client> {
  if (!(await isTrusted(secret, c.var.settings.trustedServerSecrets))) {
    throw forbidden('X-Gatehouse-Secret must hold a secret of TRUSTED_SERVER_SECRET.')
  }
  const named = c.req.header('x-gatehouse-client-ip')
  const userAgent = c.req.header('x-gatehouse-client-user-agent')
  const country = c.req.header('x-gatehouse-client-country')
  const ip = named === undefined ? undefined : parseIpAddress(named)
  if (named !== undefined && ip === undefined) {
    throw badRequest('X-Gatehouse-Client-IP must hold one IPv4 or IPv6 address.')
  }
  if (country !== undefined && !/^[A-Z][A-Z0-9]$/i.test(country)) {
    throw badRequest('X-Gatehouse-Client-Country must hold two letters, as "US".')
  }
  const actsForItself = ip === undefined && userAgent === undefined
  const ownOrNamed = actsForItself ? c.req.header('user-agent') : userAgent
  return { ...clientFrom(ip, ownOrNamed, country?.toUpperCase()), isServer: true }
}

const clientFrom = (
  ip: string | undefined,
  userAgent: string | undefined,
  country: string | undefined,
): Client => ({
  isServer: false,
  ...(ip && { ip }),
  ...(userAgent && { userAgent: userAgent.slice(0, 500) }),
  ...(country && { country }),
})

/** Compares digests, so that the time reveals neither a secret's length nor which secret is closest. */
async function isTrusted(secret: string, secrets: string[]): Promise<boolean> {
  const sent = await digestOf(secret)
  const known = await Promise.all(secrets.map(digestOf))
  return known.map((digest) => isEqual(sent, digest)).reduce((a, b) => a || b, false)
}

const digestOf = (text: string) => hexDigest('SHA-256', text)
