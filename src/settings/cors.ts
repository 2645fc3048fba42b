// django-cors-headers' settings.

import type { Reader } from './env.ts'
import { adviceOnPattern } from './patterns.ts'

export const corsSettings = (read: Reader, development: boolean) => ({
  /** The origins whose pages may call. @django same */
  allowedOrigins: read.origins('CORS_ALLOWED_ORIGINS'),
  /**
   * Patterns of origins whose pages may call. They are JavaScript's; a pattern that only Python's `re` knows is an error
   * that says what to write.
   * @django same
   */
  allowedOriginRegexes: read.patterns('CORS_ALLOWED_ORIGIN_REGEXES', adviceOnPattern),
  /** Whether the pages of all origins may call. @django same */
  allowAllOrigins: read.boolean('CORS_ALLOW_ALL_ORIGINS', development),
  /** Whether these pages may send cookies. @django same */
  allowCredentials: read.boolean('CORS_ALLOW_CREDENTIALS', false),
  /** The methods that a preflight allows. @django same */
  allowMethods: read.list('CORS_ALLOW_METHODS', 'DELETE,GET,OPTIONS,PATCH,POST,PUT'.split(',')),
  /** The headers that a preflight allows. @django same */
  allowHeaders: read.list(
    'CORS_ALLOW_HEADERS',
    'accept,authorization,content-type,user-agent,x-csrftoken,x-requested-with'.split(','),
  ),
  /** The headers of an answer that these pages may read. @django same */
  exposeHeaders: read.list('CORS_EXPOSE_HEADERS', []),
  /** Seconds that a browser remembers a preflight. @django same */
  preflightMaxAge: read.integer('CORS_PREFLIGHT_MAX_AGE', 86_400, 0, 31_536_000),
})
