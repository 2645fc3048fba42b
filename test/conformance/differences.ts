// Where the Worker answers otherwise than Django, and why. Everything else must be the same. An entry
// says what the Worker answers instead, so that it allows that and nothing else; one that no longer
// matches anything fails the run.

import type { Stack, VariantName } from './variants.ts'

export interface Allowed {
  reason: string
  /** Which steps, as `scenario › step`. */
  steps: string[] | RegExp
  stack?: Stack
  variant?: VariantName
  /** What may differ: `status`, `body`, `mail` or the name of a header. */
  fields: string[]
  /** What Django answers, where the reason holds only then. */
  django?: { status: number }
  worker?: { status?: number; json?: unknown }
  /** The bodies are the same apart from these keys. */
  apartFrom?: string[]
}

/** Claims that our tokens have beyond Django's. */
export const addedClaims = ['sid', 'counter']
/** The same of their headers: by `kid` a JWK_URL finds the key. */
export const addedHeaders = ['kid']

const answer = ['status', 'body', 'content-type']
const everything = [...answer, 'allow', 'vary', 'www-authenticate']

const never5xx = 'never a 5xx for what a client sent'
const capitals = 'an address is the same in capitals: one account, whoever types it'
const djoser21 = 'Djoser 2.1, where we speak 2.3'
const pyjwt26 = 'PyJWT 2.6, where we are as strict as 2.15'
const linkFirst = 'whether a name is taken is told to who has a link, not to anybody'
const userGone = 'who is gone cannot refresh'

const elsewhere =
  'who signed up here has no refresh tokens of elsewhere: they belong to no log-in of his'
const signedElsewhere =
  /^(\/auth\/jwt\/refresh\/ › (a claim of the deployer|a jku|a kid|a user by text|an audience|an issuer|another typ|exp a fraction|nothing wrong|user .*|without (a user|iat|typ))|claims that are read › refresh: .*|tokens from before › (blacklist|me|refresh.*)|\/api\/token\/blacklist\/ › of (another Django|nobody))$/

const slidingEnds = 'a sliding token ends with the password'
const slidingTakenBack = 'a sliding token can be taken back over the wire'
const slidingAnswers =
  /^(a sliding token.* › (success|as a form|the same again|with a bad Authorization header|ann logs in to slide)|.* › a sliding token)$/
const passwordChanged = { detail: "The user's password has been changed." }

const invalidUid = { uid: ["Invalid user id or user doesn't exist."] }
const invalidToken = { token: ['Invalid token for given user.'] }
const tooLong = { password: ['Ensure this field has no more than 4096 characters.'] }
const taken = { email: ['user account with this email already exists.'] }
const notFound = { detail: 'Not found.' }

export const differences: Allowed[] = [
  // Where Django breaks.
  {
    reason: never5xx,
    steps: [
      'activation › a uid that is a number',
      'reset_password › confirm: a uid that is a number',
    ],
    fields: everything,
    django: { status: 500 },
    worker: { status: 400, json: invalidUid },
  },
  {
    reason: never5xx,
    steps: [
      'activation › a token that is a number',
      'reset_password › confirm: a token that is a number',
    ],
    fields: everything,
    django: { status: 500 },
    worker: { status: 400, json: invalidToken },
  },
  {
    reason: never5xx,
    steps: /^reset_email › (uid: |confirm: a uid that is a number)/,
    fields: everything,
    django: { status: 500 },
    worker: { status: 400, json: invalidUid },
  },
  {
    reason: never5xx,
    steps: /^reset_email › (token: |confirm: a token that is a number)/,
    fields: everything,
    django: { status: 500 },
    worker: { status: 400, json: invalidToken },
  },
  {
    reason: never5xx,
    steps: ['users/me › HEAD', 'methods › OPTIONS /auth/users/me/'],
    fields: everything,
    django: { status: 500 },
    worker: { status: 200 },
  },
  {
    reason: never5xx,
    steps: ['users/{id} › GET 99999999999999999999'],
    stack: 'old',
    fields: everything,
    django: { status: 500 },
    worker: { status: 404, json: notFound },
  },
  {
    reason: never5xx,
    steps: ['bodies › JSON nested deeply'],
    fields: everything,
    django: { status: 500 },
    worker: { status: 400 },
  },
  {
    reason: never5xx,
    steps: /without jti$/,
    fields: everything,
    django: { status: 500 },
    worker: { status: 401, json: { detail: 'Token has no id', code: 'token_not_valid' } },
  },
  {
    reason: never5xx,
    steps: /› no claims at all$/,
    fields: everything,
    django: { status: 500 },
    worker: { status: 401, json: { detail: "Token has no 'exp' claim", code: 'token_not_valid' } },
  },
  {
    reason: never5xx,
    steps: /^the Authorization header › token: user /,
    fields: everything,
    django: { status: 500 },
    worker: { status: 401, json: { detail: 'User not found', code: 'user_not_found' } },
  },
  {
    reason: never5xx,
    steps: /exp (null|a list)$/,
    stack: 'old',
    fields: everything,
    django: { status: 500 },
    worker: { status: 401 },
  },

  // Paths.
  {
    reason: 'what is not there is said in JSON',
    steps: /^(paths › .*(unknown one|below a user|slashes inside|capitals)|CORS .* › 404)/,
    fields: ['body', 'content-type'],
    django: { status: 404 },
    worker: { status: 404, json: notFound },
  },
  {
    reason: 'what is not there is said in JSON',
    steps: ['which language › what is not there'],
    fields: ['body', 'content-type'],
    django: { status: 404 },
    worker: { status: 404, json: { detail: 'No encontrado.' } },
  },
  {
    reason: 'a path answers without its final slash too, where Django loses the body in a redirect',
    steps: /^paths › .* without the slash$/,
    fields: everything,
    django: { status: 301 },
  },
  {
    reason: 'hidden and missing look alike',
    steps: /^users/,
    stack: 'new',
    fields: ['body'],
    django: { status: 404 },
    worker: { status: 404, json: notFound },
  },
  {
    reason: 'hidden and missing look alike, for DELETE too',
    steps: ['users/{id} › DELETE another'],
    fields: ['status', 'body'],
    django: { status: 403 },
    worker: { status: 404, json: notFound },
  },

  // Who someone is.
  {
    reason: capitals,
    steps: ['signing up › the same address with capitals in its domain'],
    fields: ['body'],
    worker: { status: 400, json: taken },
  },
  {
    reason: capitals,
    steps: ['signing up › the same address with capitals'],
    fields: ['status', 'body'],
    worker: { status: 400, json: taken },
  },
  {
    reason: capitals,
    steps: /› capitals in the (domain|address)$/,
    fields: ['status', 'body', 'www-authenticate'],
    django: { status: 401 },
    worker: { status: 200 },
  },
  {
    reason: capitals,
    steps: ['reset_password by an address in capitals › mail', 'signing up › mail'],
    fields: ['mail'],
  },
  {
    reason: 'where people log in by e-mail, a username alone is read as the e-mail',
    steps: /› a username in place of the address$/,
    fields: ['status', 'body'],
    django: { status: 400 },
  },
  {
    reason: 'no hasher is asked to take more than 4096 characters',
    steps: /› a (password of 4097 letters|long password)$/,
    fields: [...answer, 'www-authenticate'],
    worker: { status: 400, json: tooLong },
  },
  {
    reason: 'no hasher is asked to take more than 4096 characters',
    steps: ['set_password to 4097 letters › 4097 letters'],
    fields: answer,
    worker: {
      status: 400,
      json: { new_password: ['Ensure this field has no more than 4096 characters.'] },
    },
  },
  {
    reason: 'a body has a limit, and a status of its own',
    steps: ['bodies › a body of 3 MB'],
    fields: everything,
    worker: { status: 413 },
  },
  {
    reason: capitals,
    steps: ["set_email to an address in capitals › somebody else's"],
    fields: answer,
    django: { status: 204 },
    worker: { status: 400, json: { new_email: taken.email } },
  },
  {
    reason: linkFirst,
    steps: ['reset_email › confirm: a bad token and a taken address'],
    fields: ['body'],
    worker: { status: 400, json: invalidToken },
  },
  {
    reason: linkFirst,
    steps:
      /^(reset_email|set_username and reset_username) › confirm: no link and a taken (address|name)$/,
    fields: ['body'],
    worker: { status: 400, json: invalidUid },
  },
  {
    reason: 'a link has one purpose',
    steps: ['links of another purpose › a reset by the activation link'],
    fields: answer,
    worker: { status: 400, json: invalidToken },
  },

  // Sessions.
  {
    reason: 'a reset ends every session',
    steps: ['reset_password › a refresh with the token from before'],
    fields: [...answer, 'www-authenticate'],
    worker: { status: 401, json: { detail: 'Token is blacklisted', code: 'token_not_valid' } },
  },
  {
    reason: 'LOGOUT_ON_PASSWORD_CHANGE ends the other sessions, where Django ends none of JWT',
    steps: ['set_password with the password twice › a refresh elsewhere'],
    fields: ['status', 'body', 'www-authenticate'],
    worker: { status: 401, json: { detail: 'Token is blacklisted', code: 'token_not_valid' } },
  },
  {
    reason: 'a token used twice ends its session, and so its successors',
    steps: ['a token used twice › the second'],
    fields: ['status', 'body', 'www-authenticate'],
    worker: { status: 401, json: { detail: 'Token is blacklisted', code: 'token_not_valid' } },
  },
  {
    reason: userGone,
    steps: /^(users\/me › a refresh after the end|a user who is gone › refresh)$/,
    fields: everything,
    worker: { status: 401, json: { detail: 'No active account found for the given token.' } },
  },

  {
    reason: 'a session goes with its user',
    steps: /^(users\/me › blacklist after the end|a user who is gone › blacklist)$/,
    fields: ['status', 'body', 'www-authenticate'],
    django: { status: 200 },
    worker: { status: 401, json: { detail: 'Token is blacklisted', code: 'token_not_valid' } },
  },
  {
    reason: 'a session goes with its user',
    steps: ['a user who is gone › verify'],
    fields: ['status', 'body'],
    django: { status: 200 },
    worker: { status: 400, json: { non_field_errors: ['Token is blacklisted'] } },
  },
  {
    reason: elsewhere,
    steps: signedElsewhere,
    fields: ['status', 'body', 'www-authenticate'],
    worker: { status: 401 },
  },
  {
    reason: never5xx,
    steps: signedElsewhere,
    fields: everything,
    django: { status: 500 },
    worker: { status: 401 },
  },
  {
    reason: elsewhere,
    steps: ['tokens from before a new password › me after the refresh'],
    stack: 'new',
    fields: ['body'],
    worker: { status: 401 },
  },

  {
    reason: 'only a true preflight is answered as one',
    steps: /^CORS .* › a preflight that names no method$/,
    fields: [
      'access-control-allow-headers',
      'access-control-allow-methods',
      'access-control-max-age',
    ],
  },
  {
    reason: 'a preflight has no body, and so no type',
    steps: /^CORS.* › preflight/,
    fields: ['content-type'],
    django: { status: 200 },
    worker: { status: 200 },
  },
  {
    reason: 'a multipart body without its own boundary is a mistake, not an empty form',
    steps: /^media types › .* of multipart\/form-data; boundary=b$/,
    fields: ['body'],
    django: { status: 400 },
    worker: { status: 400 },
  },
  {
    reason: 'JSON is the one format: another suffix is a path that is not there',
    steps: /^paths › (me with an unknown suffix|a list with an unknown suffix)/,
    fields: ['allow', 'vary'],
    django: { status: 404 },
    worker: { status: 404, json: notFound },
  },
  {
    reason: 'all views read the same bodies, and say so in one order',
    steps: ['api-token-auth › OPTIONS'],
    fields: ['body'],
    worker: { status: 200 },
    apartFrom: ['parses', 'actions'],
  },
  {
    reason: 'our views render JSON alone; their fields are described in the API document',
    steps: /(OPTIONS|names no method)/,
    fields: ['body'],
    worker: { status: 200 },
    apartFrom: ['renders', 'actions'],
  },
  {
    reason: 'JSON is compact, whatever Accept asks for',
    steps: /accepting application\/json; indent=4$/,
    fields: ['body'],
  },
  {
    reason: 'Django matches the beginning of the path alone',
    steps: ['paths › two slashes', 'paths › jwt/create as .json', 'paths › a suffix and a slash'],
    fields: ['status', 'body', 'allow', 'vary'],
    worker: { status: 404, json: notFound },
  },
  {
    reason: 'browsers send an origin without a slash',
    steps: /^CORS, origin by origin › .*: an origin with a slash$/,
    fields: [
      'access-control-allow-origin',
      'access-control-allow-credentials',
      'access-control-allow-headers',
      'access-control-allow-methods',
      'access-control-max-age',
    ],
  },

  {
    reason: 'a refresh token is checked for the password it was given with, as an access token is',
    steps: ['tokens from before a new password › refresh'],
    stack: 'new',
    fields: ['status', 'body', 'www-authenticate'],
    django: { status: 200 },
    worker: { status: 401, json: { detail: "The user's password has been changed." } },
  },
  {
    reason: 'what was refused so has ended, as in Simple JWT’s next version',
    steps: ['tokens from before a new password › blacklist'],
    stack: 'new',
    fields: ['status', 'body', 'www-authenticate'],
    django: { status: 200 },
    worker: { status: 401, json: { detail: 'Token is blacklisted', code: 'token_not_valid' } },
  },

  // Sliding tokens.
  {
    reason: `${slidingEnds}, so it says which one it was made for`,
    steps: slidingAnswers,
    stack: 'old',
    fields: ['body'],
    worker: { status: 200 },
  },
  {
    reason: slidingEnds,
    steps: ['a sliding token in use › me after a new password'],
    stack: 'old',
    fields: ['status', 'body', 'www-authenticate'],
    django: { status: 200 },
    worker: { status: 401, json: { ...passwordChanged, code: 'password_changed' } },
  },
  {
    reason: `${slidingEnds}; who signed up here has none of elsewhere`,
    steps: [
      'a sliding token in use › refresh after a new password',
      'a sliding token refreshed › forged: nothing wrong',
    ],
    fields: ['status', 'body', 'www-authenticate'],
    django: { status: 200 },
    worker: { status: 401, json: passwordChanged },
  },
  {
    reason: userGone,
    steps: /^a sliding token refreshed › forged: (another|no) user$/,
    fields: ['status', 'body', 'www-authenticate'],
    django: { status: 200 },
    worker: { status: 401, json: { detail: 'No active account found for the given token.' } },
  },
  {
    reason: never5xx,
    steps: /^a sliding token refreshed › forged: a time to refresh that is (a text|null)$/,
    fields: everything,
    django: { status: 500 },
    worker: { status: 401 },
  },
  {
    reason: slidingTakenBack,
    steps: ['a sliding token on the blacklist › blacklist'],
    fields: ['status', 'body', 'www-authenticate'],
    django: { status: 401 },
    worker: { status: 200, json: {} },
  },
  {
    reason: slidingTakenBack,
    steps: /^a sliding token on the blacklist › (me|refresh)$/,
    fields: ['status', 'body', 'www-authenticate'],
    django: { status: 200 },
    worker: { status: 401 },
  },
  {
    reason: slidingTakenBack,
    steps: ['a sliding token on the blacklist › verify'],
    fields: ['status', 'body'],
    django: { status: 200 },
    worker: { status: 400, json: { non_field_errors: ['Token is blacklisted'] } },
  },

  {
    reason: "in the language of the request, where Djoser takes the site's",
    steps: ['an account in Spanish › set_email: two'],
    fields: ['body'],
    worker: {
      status: 400,
      json: { non_field_errors: ['El contenido de los dos campos de email no coincide.'] },
    },
  },

  // The older packages.
  {
    reason: djoser21,
    steps: /^resend_activation › (an address of nobody|active|logged in)$/,
    stack: 'old',
    fields: ['status'],
    django: { status: 400 },
    worker: { status: 204 },
  },
  {
    reason: `${djoser21}: activation mail on every edit`,
    steps: ['users/me › mail', 'users/{id} › mail'],
    stack: 'old',
    fields: ['mail'],
  },
  {
    reason: pyjwt26,
    steps: /(jti a number|a kid that is a number|an unknown crit)$/,
    stack: 'old',
    fields: ['status', 'body', 'www-authenticate'],
    django: { status: 200 },
    worker: { status: 401 },
  },
  {
    reason: 'the older packages have less Spanish, and of a short password another',
    steps:
      /in Spanish › (.*: (true|a list|an object|nobody|wrong|a bad token|two|the link again)|a (weak|wrong) password|another password|verify what is blacklisted)$/,
    stack: 'old',
    fields: ['body'],
  },
  {
    reason: 'REST framework 3.14, where we speak 3.18: an empty page is the first',
    steps: ['pages by number › page='],
    stack: 'old',
    fields: ['status', 'body'],
    django: { status: 404 },
    worker: { status: 200 },
  },
  {
    reason: pyjwt26,
    steps: /^a sliding token refreshed › (jti a number|a kid that is a number|an unknown crit)$/,
    stack: 'old',
    fields: ['body'],
    django: { status: 401 },
    worker: { status: 401 },
  },
  {
    reason: 'django-cors-headers 3, where we speak 4: the origin need not be allowed',
    steps: /^CORS/,
    stack: 'old',
    fields: ['access-control-allow-credentials'],
  },
  {
    reason: 'django-cors-headers 3, where we speak 4: three headers more',
    steps: /^CORS/,
    stack: 'old',
    fields: ['access-control-allow-headers'],
  },
  {
    reason: 'Django 3.2, where we speak 5.2: a top-level domain of digits',
    steps: ['signing up › address: a number for a top-level domain'],
    stack: 'old',
    fields: ['status', 'body'],
    worker: { status: 400 },
  },
]
