// The tokens of djangorestframework-jwt and drf-jwt.

import { drfJwtCredentialFields } from '../bodies/login.ts'
import { drfJwtBlacklistFields, impersonationFields, tokenFields } from '../bodies/tokens.ts'
import type { Settings } from '../settings/parse.ts'
import type { Operation } from './operations.ts'
import { jwt, loginAnswer, object, orNull } from './schemas.ts'

export function drfJwtOperations(settings: Settings): Operation[] {
  const { packageName, prefix } = settings.drfJwt
  const isFork = packageName === 'drf-jwt'
  const token = jwt(`Sent as \`Authorization: ${prefix} …\`, and exchanged before it expires.`)
  const pk = orNull({ type: 'integer', description: 'When the token was issued.' })
  const answer = (description: string) => ({
    [isFork ? 201 : 200]: { description, schema: loginAnswer({ ...(isFork && { pk }), token }) },
  })
  const shared = { tag: 'drf-jwt', caller: 'anyone', limited: true, cookies: true } as const
  return [
    {
      ...shared,
      request: 'POST /api-token-auth/',
      id: 'drfJwtObtain',
      captcha: 'login',
      summary: 'Log in',
      body: drfJwtCredentialFields(settings),
      answers: answer('The token.'),
    },
    {
      ...shared,
      request: 'POST /api-token-verify/',
      id: 'drfJwtVerify',
      summary: 'Check a token',
      body: tokenFields,
      answers: answer('The token is valid.'),
    },
    {
      ...shared,
      request: 'POST /api-token-refresh/',
      id: 'drfJwtRefresh',
      summary: 'Get the next token',
      body: tokenFields,
      answers: answer('The next token.'),
    },
    ...(isFork
      ? [
          {
            ...shared,
            request: 'POST /auth/impersonate/',
            id: 'impersonate',
            summary: 'Get a token of another user, as a superuser',
            caller: 'user',
            body: impersonationFields(settings),
            answers: { 201: { description: 'The token.', schema: object({ token }) } },
            errors: { 403: 'The caller is no superuser, or the user may not be impersonated.' },
          } satisfies Operation,
          {
            ...shared,
            request: 'POST /auth/logout/',
            id: 'drfJwtBlacklist',
            summary: 'Log out',
            description: 'Without a token in the body, it revokes the one that authenticates.',
            caller: 'user',
            body: drfJwtBlacklistFields,
            answers: { 201: { description: 'The revoked token.', schema: object({ token }) } },
            errors: { 403: 'The token belongs to another user.' },
          } satisfies Operation,
        ]
      : []),
  ]
}
