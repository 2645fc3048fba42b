// The values of a field, one arbitrary for each kind: mostly valid, else hostile. `<name>` is replaced by a value of the
// user that sends the request (setup.ts).

import fc from 'fast-check'

type Values = fc.Arbitrary<unknown>

// biome-ignore format: one line for each sort of value
const hostileValues: unknown[] = [
  null, true, false, [], {}, [[[[]]]], { a: { b: [{}] } }, Object.fromEntries([['__proto__', 1]]), ['<email>'],
  0, -1, 1.5, 2 ** 53, 1e300, '<1e400>', '<-1e400>', '1e400', '007', '٣', '9'.repeat(400),
  '', ' ', '\u00a0\u2003\u3000', '\t\n', '\0', 'a\0b', '\ud83e', 'a\udd86b', '\ufeff',
  'x'.repeat(5000), '🦆'.repeat(2000), '__proto__', 'constructor', "' or 1=1 --", '%00',
]

const hostile: Values = fc.oneof(
  fc.constantFrom(...hostileValues),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.jsonValue({ maxDepth: 3 }),
  fc.double(),
  fc.bigInt().map(String),
)

/** One in six is hostile, so that about half of the bodies with four fields are valid. */
const mostly = (...valid: Values[]): Values =>
  fc.oneof(
    { weight: 5, arbitrary: fc.oneof(...valid) },
    { weight: 1, arbitrary: fc.oneof(hostile) },
  )

const own = (...names: string[]) => fc.constantFrom(...names.map((name) => `<${name}>`))
const segment = fc.stringMatching(/^[\w-]{0,30}$/)

export const arbitraries = {
  /** Of the caller. */
  email: mostly(own('email'), own('email', 'EMAIL'), fc.emailAddress()),
  newEmail: mostly(
    fc.uuid().map((id) => `${id}@example.com`),
    fc.emailAddress(),
  ),
  username: mostly(own('username'), fc.stringMatching(/^[\w.@+-]{1,30}$/)),
  newUsername: mostly(fc.uuid(), fc.stringMatching(/^[\w.@+-]{1,150}$/)),
  password: mostly(own('password')),
  newPassword: mostly(own('password'), fc.constantFrom('12345678', 'short', 'x'.repeat(4096))),
  text: mostly(fc.constantFrom('Ada', 'Ægir 🦆', 'x'.repeat(255)), fc.string({ maxLength: 30 })),
  choice: mostly(fc.constantFrom('driver', 'driver', 'admin')),
  refresh: mostly(own('refresh'), own('refresh', 'sliding', 'access')),
  sliding: mostly(own('sliding'), own('refresh', 'sliding')),
  token: mostly(
    own('access', 'refresh', 'sliding', 'drf'),
    fc.tuple(segment, segment, segment).map((parts) => parts.join('.')),
  ),
  drf: mostly(own('drf')),
  uid: mostly(
    own('uid'),
    own('uid'),
    fc.nat().map((id) => btoa(`${id}`)),
    fc.base64String(),
  ),
  linkToken: mostly(own('link'), own('link'), fc.stringMatching(/^[0-9a-z]{1,13}-[0-9a-f]{32}$/)),
  /** A number in JSON, its digits in a path. */
  primaryKey: mostly(own('id', 'other'), fc.integer(), fc.nat().map(String)),
  page: mostly(fc.nat(9).map(String), fc.constantFrom('last', '0', '-1')),
  limit: mostly(fc.nat(2000).map(String)),
  offset: mostly(fc.nat(20).map(String)),
  ordering: mostly(fc.constantFrom('id', '-email', 'first_name,,-id', 'password', '-')),
  search: mostly(own('email'), fc.constantFrom('a', '"a b" c', "'", '%', '_', 'a,b\0')),
} satisfies Record<string, Values>

export type Kind = keyof typeof arbitraries

/** Header values are ASCII, as browsers send them. */
const printable = fc.stringMatching(/^[ -~]{0,60}$/)
const mostlyText = (...valid: fc.Arbitrary<string>[]) =>
  fc.oneof({ weight: 5, arbitrary: fc.oneof(...valid) }, { weight: 1, arbitrary: printable })

const bearer = (...names: string[]) =>
  fc.tuple(fc.constantFrom('Bearer', 'JWT'), own(...names)).map((parts) => parts.join(' '))

export const authorization = mostlyText(
  bearer('access'),
  bearer('access'),
  bearer('access', 'sliding', 'drf', 'refresh'),
  fc.constant('Token <key>'),
  fc.constant(''),
  fc.stringMatching(/^(Bearer|JWT|Token|Basic)( [\w.-]{0,40}){0,3}$/),
)

export const headers = fc.record(
  {
    accept: mostlyText(
      fc.constantFrom('*/*', 'application/json', 'text/html, */*;q=0.1', 'text/csv'),
    ),
    'accept-language': mostlyText(fc.constantFrom('en', 'es-419,es;q=0.9')),
    cookie: mostlyText(fc.constantFrom('jwt=<drf>', 'jwt=<drf>; imp=<drf>', 'sessionid=x; ;;=')),
    origin: mostlyText(fc.constantFrom('https://auth.test', 'https://evil.test', 'null')),
    'sec-fetch-site': mostlyText(fc.constantFrom('same-origin', 'cross-site')),
    'user-agent': mostlyText(fc.constantFrom('Mozilla/5.0')),
    'x-forwarded-for': mostlyText(fc.constantFrom('127.0.0.1, ::1')),
    'x-request-id': mostlyText(fc.uuid()),
  },
  { requiredKeys: [] },
)
