// With ROTATE_REFRESH_TOKENS, BLACKLIST_AFTER_ROTATION and UPDATE_LAST_LOGIN.

import { type Scenario, type Step, step } from '../scenario.ts'
import { claims } from './forgeries.ts'
import { address, logsIn, password, signsUp } from './people.ts'

const refresh = (name: string, token: string, as?: string): Step =>
  step(name, 'POST /auth/jwt/refresh/', {
    json: { refresh: token },
    ...(as && { capture: { [`${as}.access`]: 'access', [`${as}.refresh`]: 'refresh' } }),
  })
const verify = (name: string, token: string) =>
  step(name, 'POST /auth/jwt/verify/', { json: { token } })
const blacklist = (name: string, token: string) =>
  step(name, 'POST /api/token/blacklist/', { json: { refresh: token } })

export const rotating: Scenario = {
  name: 'rotation',
  variants: ['rotation'],
  steps: [
    ...signsUp('ann'),
    logsIn('ann'),
    refresh('an empty token', ''),
    refresh('a word', 'nonsense'),
    refresh('an access token', '<ann.access>'),
    verify('verify of the first', '<ann.refresh>'),
    refresh('the first', '<ann.refresh>', 'second'),
    step('me with its access token', 'GET /auth/users/me/', { as: 'second.access' }),
    step('me with the first access token', 'GET /auth/users/me/', { as: 'ann.access' }),
    refresh('the second', '<second.refresh>', 'third'),
    verify('verify of the third', '<third.refresh>'),
    verify('verify of its access token', '<third.access>'),
    refresh('the third at the other mount', '<third.refresh>', 'fourth'),
    verify('verify of the third, used', '<third.refresh>'),
    blacklist('blacklist of the third, used', '<third.refresh>'),
    step('the scheme that is off', 'GET /auth/users/me/', {
      headers: { authorization: 'JWT <fourth.access>' },
    }),
  ],
}

/** Here a used token revokes its session. In Django its successor stays valid. */
export const reusing: Scenario = {
  name: 'a token used twice',
  variants: ['rotation'],
  steps: [
    ...signsUp('ann'),
    logsIn('ann'),
    refresh('the first', '<ann.refresh>', 'second'),
    refresh('the first again', '<ann.refresh>'),
    refresh('the first a third time', '<ann.refresh>'),
    refresh('the second', '<second.refresh>'),
  ],
}

export const loggingOut: Scenario = {
  name: 'blacklist',
  variants: ['rotation'],
  steps: [
    ...signsUp('ann'),
    logsIn('ann'),
    blacklist('a word', 'nonsense'),
    blacklist('success', '<ann.refresh>'),
    blacklist('again', '<ann.refresh>'),
    refresh('refresh', '<ann.refresh>'),
    verify('verify', '<ann.refresh>'),
    verify('verify of the access token', '<ann.access>'),
    step('me with the access token', 'GET /auth/users/me/', { as: 'ann.access' }),
  ],
}

/** Tokens of another Django with the same key. */
export const moving: Scenario = {
  name: 'tokens from before',
  variants: ['rotation'],
  steps: [
    ...signsUp('ann'),
    step('refresh', 'POST /auth/jwt/refresh/', {
      forged: { claims: claims('refresh') },
      json: { refresh: '<forged>' },
      capture: { 'moved.access': 'access', 'moved.refresh': 'refresh' },
    }),
    refresh('refresh of its successor', '<moved.refresh>'),
    step('me', 'GET /auth/users/me/', { as: 'moved.access' }),
    ...[
      ['expired', { exp: -10 }],
      ['of nobody', { user_id: 999999999 }],
      ['without jti', { jti: undefined }],
      ['without a type', { token_type: undefined }],
      ['without exp', { exp: undefined }],
    ].map(([name, given]) =>
      step(`refresh: ${name}`, 'POST /auth/jwt/refresh/', {
        forged: { claims: claims('refresh', given as object) },
        json: { refresh: '<forged>' },
      }),
    ),
    step('verify', 'POST /auth/jwt/verify/', {
      forged: { claims: claims('refresh') },
      json: { token: '<forged>' },
    }),
    step('verify: without jti', 'POST /auth/jwt/verify/', {
      forged: { claims: claims('refresh', { jti: undefined }) },
      json: { token: '<forged>' },
    }),
    step('blacklist', 'POST /api/token/blacklist/', {
      forged: { claims: claims('refresh') },
      json: { refresh: '<forged>' },
    }),
  ],
}

/** UPDATE_LAST_LOGIN: in Django, a login ends a reset link. */
export const lastLogin: Scenario = {
  name: 'a log-in after a reset mail',
  variants: ['rotation'],
  steps: [
    ...signsUp('ann'),
    step('reset', 'POST /auth/users/reset_password/', {
      json: { email: address('ann') },
      mail: { kind: 'password_reset', to: address('ann'), as: 'link' },
    }),
    logsIn('ann'),
    step('confirm', 'POST /auth/users/reset_password_confirm/', {
      json: { uid: '<link.uid>', token: '<link.token>', new_password: 'other-horse-22' },
    }),
    step('a log-in with the old password', 'POST /auth/jwt/create/', {
      json: { email: address('ann'), password },
    }),
  ],
}

export const deleting: Scenario = {
  name: 'a user who is gone',
  variants: ['rotation'],
  steps: [
    ...signsUp('ann'),
    logsIn('ann'),
    step('DELETE', 'DELETE /auth/users/me/', {
      as: 'ann.access',
      json: { current_password: password },
    }),
    refresh('refresh', '<ann.refresh>'),
    verify('verify', '<ann.refresh>'),
    blacklist('blacklist', '<ann.refresh>'),
    step('me', 'GET /auth/users/me/', { as: 'ann.access' }),
  ],
}

export const scenarios = [rotating, reusing, loggingOut, moving, lastLogin, deleting]
