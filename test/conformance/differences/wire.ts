// Paths, methods, media types and CORS.

import type { Allowed } from '../differences.ts'
import { answer, everything, notFound } from './said.ts'

export const wire: Allowed[] = [
  {
    reason: 'a charset that is not known is no UTF-8',
    steps: /^media types › .* of application\/json; charset=nonsense$/,
    fields: answer,
    worker: { status: 415 },
  },
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
]
