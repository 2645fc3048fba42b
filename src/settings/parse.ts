// All settings: Django's names outside, camelCase inside, durations in seconds. The defaults are Django's.

import { authCookieSettings } from './cookies.ts'
import { corsSettings } from './cors.ts'
import { deploymentSettings } from './deployment.ts'
import { djoserSettings } from './djoser.ts'
import { drfJwtSettings } from './drf-jwt.ts'
import type { Reader } from './env.ts'
import { mailSettings } from './mail.ts'
import { passwordSettings } from './passwords.ts'
import { throttleSettings } from './rates.ts'
import { languageSettings, restFrameworkSettings } from './rest-framework.ts'
import { routeSettings } from './routes.ts'
import { sessionSettings } from './sessions.ts'
import { jwtKeySettings, simpleJwtSettings } from './simple-jwt.ts'
import { turnstileSettings } from './turnstile.ts'

export type Settings = ReturnType<typeof parse>

export function parse(read: Reader) {
  const deployment = deploymentSettings(read)
  const { development, publicUrl } = deployment
  const djoser = djoserSettings(read)
  const simpleJwt = simpleJwtSettings(read, djoser.loginField)
  return {
    ...deployment,
    ...throttleSettings(read),
    ...languageSettings(read),
    ...restFrameworkSettings(read),
    ...djoser,
    ...mailSettings(read, publicUrl),
    ...routeSettings(read, development),
    ...jwtKeySettings(read, development),
    ...simpleJwt,
    ...sessionSettings(read),
    ...passwordSettings(read, development),
    drfJwt: drfJwtSettings(read, { ...deployment, ...simpleJwt }),
    authCookies: authCookieSettings(read, publicUrl),
    turnstile: turnstileSettings(read),
    cors: corsSettings(read, development),
  }
}
