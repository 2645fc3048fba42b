// The schema of wrangler.toml, which `npm run build` writes into the package for editors. It must know what the Worker accepts.

import { Validator } from '@cfworker/json-schema'
import { parse as parseToml } from 'smol-toml'
import { describe, expect, test } from 'vitest'
import { type Schema, varsSchema } from '../../build/vars-schema.ts'
import { wranglerSchema } from '../../build/wrangler-schema.ts'
import wranglers from '../../node_modules/wrangler/config-schema.json'
import { readEnv } from '../../src/settings/env.ts'
import { parse } from '../../src/settings/parse.ts'
import { secretNames } from '../../src/settings/secrets.ts'
import templateToml from '../../template/wrangler.toml?raw'
import { settingsSources } from '../support/settings-sources.ts'
import rootToml from '../support/wrangler.toml?raw'

const vars = varsSchema(settingsSources, 'docs')
const validator = new Validator(wranglerSchema(wranglers, vars), '7')

/** The places of errors in a configuration, such as "#/vars/HIDE_USERS". */
const errorsIn = (configuration: unknown) =>
  validator
    .validate(configuration)
    .errors.map(({ instanceLocation }) => instanceLocation)
    .filter((place) => place.includes('/vars/'))

test.each([
  ['this repository', rootToml],
  ['a new project', templateToml],
])('wrangler.toml of %s is valid', (_, toml) => {
  expect(validator.validate(parseToml(toml)).errors).toEqual([])
})

test('a new project names the schema where the package has it', () => {
  expect(templateToml.split('\n')[0]).toBe(
    '#:schema node_modules/gatehouse-auth/wrangler.schema.json',
  )
})

describe('a wrong value is an error', () => {
  test.each([
    ['LOGIN_FIELD', 'nickname'],
    ['HIDE_USERS', 'maybe'],
    ['ACCESS_TOKEN_LIFETIME', 'soon'],
    ['ACCESS_TOKEN_LIFETIME', 0],
    ['THROTTLE_LOGIN', 'often'],
    ['MAX_SESSIONS', -1],
    ['DISABLED_ROUTES', 'token,tokens'],
    ['URL_PREFIX', 'api'],
    ['SECRET_KEY', 'c2VjcmV0LWtleS1vZi10aGUtdGVzdHMtMDEyMzQ1Njc4OQ'],
    ['MAIL_INTERVAL', '60s'],
  ])('%s = %j', (name, value) => {
    expect(errorsIn({ vars: { [name]: value } })).toContain(`#/vars/${name}`)
    expect(errorsIn({ env: { staging: { vars: { [name]: value } } } })).toContain(
      `#/env/staging/vars/${name}`,
    )
  })
})

test('a variable of the deployer’s own is valid, and what wrangler does not know is an error', () => {
  expect(validator.validate({ vars: { TENANT: 'x', LIMITS: { a: 1 } } }).errors).toEqual([])
  expect(validator.validate({ minifyy: true }).valid).toBe(false)
})

test('a secret says where it belongs', () => {
  for (const name of secretNames) {
    const { description } = vars.patternProperties[`^${name}$`] ?? {}
    expect(description).toContain(`npx wrangler secret put ${name}`)
  }
})

test('every setting links to its section of docs/settings.md', () => {
  for (const { markdownDescription } of Object.values(vars.properties)) {
    expect(markdownDescription).toMatch(/docs\/settings\.md#[a-z-]+$/)
  }
})

const values = [
  ...[true, false, 0, 1, 2, 300, 5.5, 5.2, -1, 20_000, 2e9],
  ...[
    '',
    'x',
    'true',
    '0',
    '1',
    '300',
    '5m',
    '1.5h',
    ' 5 m ',
    '0m',
    '5 years',
    'email',
    'a,b',
    ',',
  ],
  ...[
    'https://app.example.com',
    'https://app.example.com/',
    'https://app.example.com/x?y',
    'HTTPS://X',
  ],
  ...['https://a.test, null', 'https://a.test,https://*.b.test', 'ftp://a.test'],
  ...[
    'HTTP_X_ACCESS',
    'Authorization',
    '/api/v1',
    '/api/',
    'api',
    '/../x',
    '10/minute',
    '5/h',
    '0/h',
  ],
  ...['{uid}/{token}', '{token}{uid}', '{uid}', 'argon2$m=102400,t=2,p=8', 'argon2'],
  ...['AccessToken', 'jwt,token', 'jwt,,', 'sign-up, login', 'SearchFilter,x'],
]
const lists = [['a', 'b'], ['jwt'], ['AccessToken', ''], ['https://a.test'], [''], [], [1]]

const settings = Object.entries(vars.properties)

test.each(settings)('%s: the schema accepts what the Worker accepts', (name, schema) => {
  const types = [schema.type].flat()
  const sent = [...values, ...(types.includes('array') ? lists : [])].filter((value) => {
    // The Worker reads the number in it, and takes `true` for 1.
    if (types.includes('integer') && !types.includes('boolean')) return typeof value === 'number'
    // Fields of the deployer's user model are unknown to the schema.
    return name !== 'REQUIRED_FIELDS' || !isRead('SIGNUP_ROLES', value)
  })
  expect(sent.filter((value) => accepts(schema, value) !== isRead(name, value))).toEqual([])
})

const accepts = (schema: Schema, value: unknown) => new Validator(schema, '7').validate(value).valid

/** Whether the Worker's own code reads a value without an error that names it. */
function isRead(name: string, value: unknown): boolean {
  const usual = {
    PUBLIC_URL: 'https://x.test',
    ENVIRONMENT: 'development',
    DRF_JWT_PACKAGE: 'drf-jwt',
  }
  const read = readEnv({ ...usual, [name]: value })
  parse(read)
  try {
    read.finish()
    return true
  } catch (error) {
    return !`. ${error}`.includes(`${name} is `)
  }
}
