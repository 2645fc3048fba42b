// The floor: the work of Gatehouse's verify, JWKS, me and refresh, and the same answers, without a framework, a query builder or
// settings. It knows only valid requests. run.ts fails if its answers differ from Gatehouse's.

import { importKeys, type Row, type Secrets, tokenPair, verify } from './tokens.ts'

interface Env extends Secrets {
  DB: D1Database
}

const common = {
  'content-type': 'application/json',
  'origin-agent-cluster': '?1',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=15552000',
  'x-content-type-options': 'nosniff',
  'x-dns-prefetch-control': 'off',
  'x-frame-options': 'SAMEORIGIN',
}
const view = { ...common, vary: 'Origin, Accept', 'cache-control': 'no-store' }
const post = { status: 200, headers: { ...view, allow: 'POST, OPTIONS' } }
const me = { headers: { ...view, allow: 'GET, PUT, PATCH, DELETE, HEAD, OPTIONS' } }

// The keys that HS256 publishes: none.
const published = '{"keys":[]}'
const etag = '"4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945"'
const jwks = {
  headers: {
    ...common,
    'access-control-allow-origin': '*',
    'cache-control': 'public, max-age=300',
    etag,
  },
}

const unauthorized = () => new Response('{}', { status: 401 })

export default {
  fetch(request: Request, env: Env): Promise<Response> | Response {
    const path = request.url.slice(request.url.indexOf('/', 8))
    switch (path) {
      case '/auth/jwt/verify/':
        return verifyToken(request, env)
      case '/auth/jwt/refresh/':
        return refresh(request, env)
      case '/auth/users/me/':
        return showMe(request, env)
      case '/.well-known/jwks.json':
        return new Response(published, jwks)
      default:
        return new Response('', { status: 404 })
    }
  },
}

async function verifyToken(request: Request, env: Env): Promise<Response> {
  const { token } = await request.json<{ token: string }>()
  const claims = await verify(await importKeys(env), token, Date.now())
  return claims ? new Response('{}', post) : unauthorized()
}

const select = `
  select users.*, exists (
    select 1 from sessions where sessions.id = ? and sessions.user_id = users.id and sessions.revoked_at is null
      and (sessions.expires_at is null or sessions.expires_at > ?)) as token_is_valid
  from users where users.id = ?`

async function showMe(request: Request, env: Env): Promise<Response> {
  const token = request.headers.get('authorization')?.slice('Bearer '.length) ?? ''
  const now = Date.now()
  const claims = await verify(await importKeys(env), token, now)
  if (claims?.token_type !== 'access') return unauthorized()
  const query = env.DB.prepare(select).bind(claims.sid, now, claims.user_id)
  const [user] = (await query.all()).results
  if (!user?.token_is_valid || user.status !== 'active') return unauthorized()
  const { first_name, last_name, role, id, email } = user
  return new Response(JSON.stringify({ first_name, last_name, role, id, email }), me)
}

const rotate = `
  update sessions set last_used_at = ?1, refresh_counter = refresh_counter + (refresh_counter = ?2),
    refreshed_at = case when refresh_counter = ?2 then ?1 else refreshed_at end
  where id = ?3 and revoked_at is null and (expires_at is null or expires_at > ?1)
    and exists (select 1 from users where users.id = user_id and status = 'active')
    and (refresh_counter = ?2 or (refresh_counter = ?2 + 1 and max(0, ?1 - refreshed_at) < 20000))
  returning id, refresh_counter as counter, refreshed_at as refreshedAt, expires_at as expiresAt,
    (select json_array(json_array(id, uuid, email, email_key, new_email, username, password, status,
      is_staff, is_superuser, token_version, last_login, date_joined, email_verified_at, link_version,
      disabled_from, pending_until, rehashed, first_name, last_name, role))
      from users where users.id = sessions.user_id) as user`

async function refresh(request: Request, env: Env): Promise<Response> {
  const sent = await request.json<{ refresh: string }>()
  const keys = await importKeys(env)
  const now = Date.now()
  const claims = await verify(keys, sent.refresh, now)
  if (claims?.token_type !== 'refresh') return unauthorized()
  const query = env.DB.prepare(rotate).bind(now, claims.counter ?? 0, claims.sid)
  const [session] = (await query.all<Row & { user: string }>()).results
  if (!session) return unauthorized()
  const [userId] = JSON.parse(session.user).flat()
  return new Response(JSON.stringify(await tokenPair(keys, { ...session, userId })), post)
}
