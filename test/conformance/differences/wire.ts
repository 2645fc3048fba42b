// Paths, methods, media types and CORS.

import type { Allowed } from '../differences.ts'
import { answer, everything, notFound } from './shared.ts'

export const wire: Allowed[] = [
  {
    reason: 'an unknown charset is not read as UTF-8',
    steps: /^media types › .* of application\/json; charset=nonsense$/,
    fields: answer,
    worker: { status: 415 },
  },
  {
    reason: 'a 404 has a JSON body',
    steps: /^(paths › .*(unknown one|below a user|slashes inside|capitals)|CORS .* › 404)/,
    fields: ['body', 'content-type'],
    django: { status: 404 },
    worker: { status: 404, json: notFound },
  },
  {
    reason: 'a 404 has a JSON body',
    steps: ['which language › what is not there'],
    fields: ['body', 'content-type'],
    django: { status: 404 },
    worker: { status: 404, json: { detail: 'No encontrado.' } },
  },
  {
    reason: 'a path works without its final slash; Django redirects, and the body is lost',
    steps: /^paths › .* without the slash$/,
    fields: everything,
    django: { status: 301 },
  },
  {
    reason: 'a hidden user and a missing one get the same answer',
    steps: /^users/,
    stack: 'new',
    fields: ['body'],
    django: { status: 404 },
    worker: { status: 404, json: notFound },
  },
  {
    reason: 'a hidden user and a missing one get the same answer, for DELETE too',
    steps: ['users/{id} › DELETE another'],
    fields: ['status', 'body'],
    django: { status: 403 },
    worker: { status: 404, json: notFound },
  },
  {
    reason: 'only a request that names a method is answered as a preflight',
    steps: /^CORS .* › a preflight that names no method$/,
    fields: [
      'access-control-allow-headers',
      'access-control-allow-methods',
      'access-control-max-age',
    ],
  },
  {
    reason: 'the answer to a preflight has no body, and so no content type',
    steps: /^CORS.* › preflight/,
    fields: ['content-type'],
    django: { status: 200 },
    worker: { status: 200 },
  },
  {
    reason: 'a multipart body without its declared boundary is an error, not an empty form',
    steps: /^media types › .* of multipart\/form-data; boundary=b$/,
    fields: ['body'],
    django: { status: 400 },
    worker: { status: 400 },
  },
  {
    reason: 'JSON is the only format: a path with another suffix does not exist',
    steps: /^paths › (me with an unknown suffix|a list with an unknown suffix)/,
    fields: ['allow', 'vary'],
    django: { status: 404 },
    worker: { status: 404, json: notFound },
  },
  {
    reason: 'all views parse the same media types, listed in one order',
    steps: ['api-token-auth › OPTIONS'],
    fields: ['body'],
    worker: { status: 200 },
    apartFrom: ['parses', 'actions'],
  },
  {
    reason: 'our views render JSON only, and do not describe their fields',
    steps: /(OPTIONS|names no method)/,
    fields: ['body'],
    worker: { status: 200 },
    apartFrom: ['renders', 'actions'],
  },
  {
    reason: 'JSON is always compact; Accept cannot set an indent',
    steps: /accepting application\/json; indent=4$/,
    fields: ['body'],
  },
  {
    reason: 'Django matches only the beginning of the path',
    steps: ['paths › two slashes', 'paths › jwt/create as .json', 'paths › a suffix and a slash'],
    fields: ['status', 'body', 'allow', 'vary'],
    worker: { status: 404, json: notFound },
  },
  {
    reason: 'an origin with a slash is not allowed: browsers send none',
    steps: /^CORS, origin by origin › .*: an origin with a slash$/,
    fields: [
      'access-control-allow-origin',
      'access-control-allow-credentials',
      'access-control-allow-headers',
      'access-control-allow-methods',
      'access-control-max-age',
    ],
  },
]
