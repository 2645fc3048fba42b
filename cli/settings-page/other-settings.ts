// Settings of Django's packages that are not settings of Gatehouse: it offers them by other means, or not at all. A part
// of a setting is written after a dot.

export type Section =
  | 'Deployment'
  | 'Djoser'
  | 'Routes'
  | 'Mail'
  | 'Simple JWT'
  | 'Sessions'
  | 'Cookies'
  | 'djangorestframework-jwt and drf-jwt'
  | 'REST framework and Django'
  | 'Passwords'
  | 'Throttles'
  | 'Turnstile'
  | 'django-cors-headers'

/** Names, and what replaces them or why nothing does. */
type Row = [names: string, verdict: string]

export const otherSettings: Partial<Record<Section, Row[]>> = {
  Djoser: [
    [
      'PERMISSIONS.user_create .user_list .user_delete',
      'same: as `PERMISSIONS_USER_CREATE`, `PERMISSIONS_USER_LIST` and `PERMISSIONS_USER_DELETE`',
    ],
    [
      'PERMISSIONS.activation .password_reset .password_reset_confirm .set_password .set_username ' +
        '.token_create .token_destroy .user .username_reset .username_reset_confirm',
      'not offered: clients rely on the defaults. `DISABLED_ROUTES` turns a route group off',
    ],
    [
      'SERIALIZERS.user .current_user .user_create .user_create_password_retype',
      'better: a field is declared once, in `src/user-model.ts`, for the table, sign-up and every response',
    ],
    [
      'SERIALIZERS.activation .password_reset .password_reset_confirm .password_reset_confirm_retype ' +
        '.set_password .set_password_retype .set_username .set_username_retype .token .token_create ' +
        '.user_delete .username_reset .username_reset_confirm .username_reset_confirm_retype',
      'not offered: clients send these fields. A deployer changes the route file',
    ],
    [
      'EMAIL.activation .confirmation .password_changed_confirmation .password_reset ' +
        '.username_changed_confirmation .username_reset',
      'better: `src/mail/templates.ts` has the words of every email, and a queued email survives a crash',
    ],
    [
      'TOKEN_MODEL',
      'better: `None` is `DISABLED_ROUTES = "authtoken"`. Then no key is accepted, and an older key counts as ' +
        'no credential. No row holds a key',
    ],
    ['CONSTANTS.messages', 'not offered: clients compare the sentences'],
    [
      'CREATE_SESSION_ON_LOGIN',
      'not offered: Django’s session cookie is for Django’s own pages, and Gatehouse has none',
    ],
    [
      'SOCIAL_AUTH_TOKEN_STRATEGY SOCIAL_AUTH_ALLOWED_REDIRECT_URIS SERIALIZERS.provider_auth',
      'not offered: they belong to `/auth/o/`',
    ],
    [
      'VIEWS',
      'not offered: it belongs to Djoser 3.0, and [the target is 2.3](differences.md#djoser-30-is-not-the-target)',
    ],
    [
      'WEBAUTHN.RP_NAME .RP_ID .ORIGIN .CHALLENGE_LENGTH .UKEY_LENGTH .SIGNUP_SERIALIZER .LOGIN_SERIALIZER',
      'not offered: they belong to `/auth/webauthn/`',
    ],
  ],
  'Simple JWT': [
    [
      'TOKEN_OBTAIN_SERIALIZER SLIDING_TOKEN_OBTAIN_SERIALIZER',
      'same: by `claims` and `loginResponse` in `src/hooks.ts`. Claims are made anew at each refresh',
    ],
    [
      'TOKEN_REFRESH_SERIALIZER TOKEN_VERIFY_SERIALIZER TOKEN_BLACKLIST_SERIALIZER ' +
        'SLIDING_TOKEN_REFRESH_SERIALIZER',
      'not offered: SQL decides what is refused, so that two requests cannot both win',
    ],
    [
      'USER_AUTHENTICATION_RULE',
      'better: `canAuthenticate` in `src/hooks.ts`, which each use of a token also asks',
    ],
    [
      'TOKEN_USER_CLASS',
      'better: after the guard `stateless` a handler has the claims themselves, without a round trip',
    ],
    ['JSON_ENCODER', 'not offered: claims are plain JSON'],
  ],
  'djangorestframework-jwt and drf-jwt': [
    [
      'JWT_ALGORITHM JWT_SECRET_KEY JWT_PRIVATE_KEY JWT_PUBLIC_KEY',
      'same: as Simple JWT’s `ALGORITHM`, `SIGNING_KEY` and `VERIFYING_KEY`. All JWTs have one key',
    ],
    [
      'JWT_GET_USER_SECRET_KEY',
      'better: under one key, each token ends with the password that it was issued for',
    ],
    [
      'JWT_PAYLOAD_HANDLER JWT_RESPONSE_PAYLOAD_HANDLER',
      'same: by `claims` and `loginResponse` in `src/hooks.ts`',
    ],
    ['JWT_TOKEN_ID', 'better: drf-jwt’s tokens always have an id, so that each can be revoked'],
    ['JWT_DELETE_STALE_BLACKLISTED_TOKENS', 'better: the cron always deletes them'],
    [
      'JWT_VERIFY JWT_VERIFY_EXPIRATION',
      'not offered: off, any token is accepted, or accepted for ever. `JWT_LEEWAY` is for clocks that differ',
    ],
    [
      'JWT_INSIST_ON_KID',
      'not offered: tokens of a key pair name their key, and a token that names none is verified as strictly',
    ],
    [
      'JWT_ENCODE_HANDLER JWT_DECODE_HANDLER JWT_PAYLOAD_GET_USERNAME_HANDLER JWT_PAYLOAD_GET_USER_ID_HANDLER',
      'not offered: how a token is made and read is what keeps attackers out',
    ],
  ],
  'REST framework and Django': [
    ['DEFAULT_PARSER_CLASSES', 'same: JSON, forms and multipart forms'],
    [
      'DEFAULT_AUTHENTICATION_CLASSES',
      'better: with `DRF_JWT` drf-jwt’s, then Simple JWT’s, then authtoken’s; neither session nor basic',
    ],
    [
      'DEFAULT_PERMISSION_CLASSES',
      'not offered: a route names its guard, `authenticated`, `staff` or `stateless`, before its handler',
    ],
    [
      'DEFAULT_THROTTLE_CLASSES DEFAULT_THROTTLE_RATES NUM_PROXIES',
      'better: `THROTTLE_LOGIN` and the others are rates as there, by account, address and session. Cloudflare’s ' +
        'rate limits count before them, by the address that Cloudflare names. Only a server with ' +
        '`TRUSTED_SERVER_SECRET` names another address by a header',
    ],
    [
      'DEFAULT_RENDERER_CLASSES DEFAULT_CONTENT_NEGOTIATION_CLASS DEFAULT_METADATA_CLASS ' +
        'URL_FORMAT_OVERRIDE FORMAT_SUFFIX_KWARG',
      'not offered: every response is JSON, and there is no browsable API',
    ],
    [
      'UNICODE_JSON COMPACT_JSON STRICT_JSON',
      'not offered: JSON is as it is by default there, in UTF-8, compact and strict',
    ],
    [
      'DEFAULT_VERSIONING_CLASS DEFAULT_VERSION ALLOWED_VERSIONS VERSION_PARAM',
      'not offered: these endpoints have one version',
    ],
    [
      'EXCEPTION_HANDLER',
      'not offered: clients compare the bodies. A deployer changes `src/http/errors.ts`',
    ],
    [
      'UNAUTHENTICATED_USER UNAUTHENTICATED_TOKEN VIEW_NAME_FUNCTION VIEW_DESCRIPTION_FUNCTION',
      'not offered: they are Python’s',
    ],
    [
      'DATE_FORMAT DATE_INPUT_FORMATS DATETIME_FORMAT DATETIME_INPUT_FORMATS TIME_FORMAT TIME_INPUT_FORMATS ' +
        'DURATION_FORMAT COERCE_DECIMAL_TO_STRING COERCE_BIGINT_TO_STRING UPLOADED_FILES_USE_URL URL_FIELD_NAME ' +
        'LIST_SERIALIZER_ERRORS_AS_DICT',
      'same: no endpoint of the four packages writes a date, a decimal, a file or a list',
    ],
    [
      'DEFAULT_SCHEMA_CLASS SCHEMA_COERCE_PATH_PK SCHEMA_COERCE_METHOD_NAMES HTML_SELECT_CUTOFF ' +
        'HTML_SELECT_CUTOFF_TEXT TEST_REQUEST_RENDERER_CLASSES TEST_REQUEST_DEFAULT_FORMAT',
      'same: no response of an endpoint depends on them',
    ],
    [
      'AUTH_PASSWORD_VALIDATORS',
      'not offered: the four that `startproject` lists are always on, and `PWNED_PASSWORDS` is as ' +
        'pwned-passwords-django',
    ],
  ],
  'django-cors-headers': [
    [
      'CORS_URLS_REGEX',
      'not offered: the API is for every allowed origin, and Gatehouse’s own pages are for none',
    ],
    ['CORS_ALLOW_PRIVATE_NETWORK', 'not offered: a Worker is in no private network'],
    [
      'CORS_REPLACE_HTTPS_REFERER',
      'not offered: it was for Django’s check of forms, and version 4 does not have it',
    ],
  ],
}
