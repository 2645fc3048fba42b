// rest_framework_simplejwt.views, where Djoser mounts them (`/auth/jwt/`) and where Simple JWT's own
// documents do (`/api/token/`). None of them looks at `Authorization`.

import { Hono } from 'hono'
import { logIn } from '../auth/login.ts'
import { endByToken, endSliding, refresh as exchange } from '../auth/session-management.ts'
import type { App } from '../context.ts'
import { claimsOf, credentialsIn, noAccount, refused, turnedAway } from '../guards/simple-jwt.ts'
import {
  dropCookiesAt,
  keepPair,
  ownPage,
  refreshSent,
  tokenSent,
} from '../guards/token-cookies.ts'
import { answerTo } from '../hooks.ts'
import { deliverLater } from '../http/deliver-later.ts'
import { invalid } from '../http/errors.ts'
import { limitLogOut, limitRefresh, throttle, throttleToken } from '../http/rate-limit.ts'
import { occasionOf, tellOfLogInLater } from '../http/request-info.ts'
import { view } from '../http/view.ts'
import { isBlacklisted } from '../sessions/refresh.ts'
import { isRevokedChain } from '../sessions/sliding.ts'

const create = ['/auth/jwt/create/', '/api/token/']
const refresh = ['/auth/jwt/refresh/', '/api/token/refresh/']
const verify = ['/auth/jwt/verify/', '/api/token/verify/']

export const jwt = new Hono<App>()

const createView = view('Token Obtain Pair', ['POST'], {
  description: `Takes a set of user credentials and returns an access and refresh JSON web
token pair to prove the authentication of those credentials.`,
})
const refreshView = view('Token Refresh', ['POST'], {
  description: `Takes a refresh type JSON web token and returns an access type JSON web
token if the refresh token is valid.`,
})
const verifyView = view('Token Verify', ['POST'], {
  description: `Takes a token and indicates if it is valid.  This view provides no
information about a token's fitness for a particular use.`,
})
const blacklistView = view('Token Blacklist', ['POST'], {
  description: `Takes a token and blacklists it. Must be used with the
\`rest_framework_simplejwt.token_blacklist\` app installed.`,
})

for (const path of create) jwt.use(path, createView)
for (const path of refresh) jwt.use(path, refreshView)
for (const path of verify) jwt.use(path, verifyView)
jwt.use('/api/token/blacklist/', blacklistView)

jwt.on('POST', create, ownPage, throttle('log-in'), async (c) => {
  const { db, settings } = c.var
  const credentials = await credentialsIn(c)

  const entered = await logIn(db, settings, credentials, occasionOf(c))
  if (!entered) throw noAccount(c, credentials)

  tellOfLogInLater(c)
  const { user, tokens } = entered
  keepPair(c, tokens)
  return c.json({ ...tokens, ...answerTo({ user, expiresIn: settings.accessTokenLifetime }) })
})

jwt.on('POST', refresh, ownPage, dropCookiesAt(401), async (c) => {
  const { db, settings } = c.var
  const claims = await claimsOf(c, await refreshSent(c), 'refresh')
  await limitRefresh(c, claims)

  const tokens = await exchange(db, settings, claims, occasionOf(c))
  if (tokens === 'blacklisted') deliverLater(c)
  if (tokens === 'inactive') throw turnedAway(c, 'No active account found for the given token.')
  if (tokens === 'password changed') {
    throw turnedAway(c, "The user's password has been changed.")
  }
  if (typeof tokens === 'string') throw refused(c, tokens)

  keepPair(c, tokens)
  return c.json(tokens)
})

jwt.on('POST', verify, throttleToken('verify'), async (c) => {
  const { db, settings } = c.var
  const claims = await claimsOf(c, await tokenSent(c))

  const type = claims[settings.tokenTypeClaim]
  if (settings.blacklistAfterRotation && type !== 'access') {
    const isSliding = type === 'sliding'
    const isDead = await (isSliding ? isRevokedChain : isBlacklisted)(db, settings, claims)
    if (isDead) throw invalid({ non_field_errors: ['Token is blacklisted'] })
  }
  return c.json({})
})

jwt.post('/api/token/blacklist/', ownPage, dropCookiesAt(200, 401), async (c) => {
  const { db, settings } = c.var
  const token = await refreshSent(c)
  // Simple JWT has no way to take back a sliding token over the wire.
  const slides = settings.authTokenClasses.includes('sliding')
  const types = slides ? (['refresh', 'sliding'] as const) : (['refresh'] as const)
  const claims = await claimsOf(c, token, ...types)
  await limitLogOut(c, claims)

  const isSliding = claims[settings.tokenTypeClaim] === 'sliding'
  const how = { kind: 'token_blacklisted', detail: 'refresh' } as const
  const outcome = await (isSliding
    ? endSliding(db, settings, claims, occasionOf(c))
    : endByToken(db, settings, claims, how, occasionOf(c)))
  if (outcome !== 'done') throw refused(c, outcome)

  return c.json({})
})
