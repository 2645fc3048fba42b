// Signing up.

import { each, type Scenario, step } from '../scenario.ts'
import { oddBodies, oddly } from './faults.ts'
import { address, password, signUp } from './people.ts'

const users = 'POST /auth/users/'
const ann = signUp('ann')

const emails = {
  'no at sign': 'nowhere',
  'no domain': 'ann-<run>@',
  'no local part': '@example.com',
  'a domain without a dot': 'ann-<run>@example',
  'a local name': 'ann-<run>@localhost',
  'a space': 'an n-<run>@example.com',
  'two at signs': 'ann@b-<run>@example.com',
  'two dots': 'ann..<run>@example.com',
  'a leading dot': '.ann-<run>@example.com',
  'a dot before the at sign': 'ann-<run>.@example.com',
  'a domain that ends with a dot': 'ann-<run>@example.com.',
  'a domain that begins with a hyphen': 'ann-<run>@-example.com',
  'an underscore in the domain': 'ann-<run>@exa_mple.com',
  'a number for a top-level domain': 'ann-<run>@example.123',
  'a top-level domain of one letter': 'ann-<run>@example.c',
  'non-ASCII in the local part': 'änn-<run>@example.com',
  'a line feed inside': 'ann-<run>\n@example.com',
  'an address in brackets that is none': 'ann-<run>@[300.1.1.1]',
  'a comment': 'ann-<run>(me)@example.com',
}

const goodEmails = {
  'a plus sign': 'plus+tag-<run>@example.com',
  'every sign that is allowed': "!#$%&'*+/=?^_`{}|~-<run>@example.com",
  'a quoted local part': '"quoted-<run>"@example.com',
  'a quoted local part with a space': '"quoted <run>"@example.com',
  'an address in brackets': 'brackets-<run>@[127.0.0.1]',
  'an IPv6 address in brackets': 'six-<run>@[::1]',
  'a domain beyond ASCII': 'idn-<run>@exämple.com',
  'white space around it': '  around-<run>@example.com ',
  'capitals in the domain': 'capitals-<run>@Example.COM',
  'capitals in the local part': 'Local-<run>@example.com',
}

const passwords = {
  'a short one': 'Xk4-z',
  'a common one': 'password1',
  'digits alone': '9402817365',
  'short, common and digits alone': '12345',
  'one like the address': 'anna-smith-<run>',
  'one like the first name': 'Bartholomew1',
  'one like the last name': 'Featherstone',
  'a common one in capitals': 'PASSWORD1',
}

export const signingUp: Scenario = {
  name: 'signing up',
  variants: ['default'],
  steps: [
    ...each(users, { 'an empty object': {}, ...oddly('email', ann), ...oddly('password', ann) }),
    ...each(users, { ...oddly('first_name', ann), ...oddly('last_name', ann) }),
    ...each(users, {
      'every field null': { email: null, first_name: null, last_name: null, password: null },
      'every field blank': { email: '', first_name: '', last_name: '', password: '' },
      'every field a list': { email: [], first_name: [], last_name: [], password: [] },
      'a first name of 256 letters': { ...ann, first_name: 'a'.repeat(256) },
      'a last name of 256 letters': { ...ann, last_name: 'a'.repeat(256) },
      'an address of 256 letters': {
        ...ann,
        email: `${'a'.repeat(60)}@${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(69)}.com`,
      },
      'a long text that is no address': { ...ann, email: 'a'.repeat(300) },
      'a local part of 65 letters': { ...ann, email: `${'a'.repeat(65)}-<run>@example.com` },
    }),
    ...Object.entries(emails).map(([name, email]) =>
      step(`address: ${name}`, users, { json: { ...ann, email } }),
    ),
    ...Object.entries(goodEmails).map(([name, email]) =>
      step(`good address: ${name}`, users, { json: { ...ann, email } }),
    ),
    ...Object.entries(passwords).map(([name, password]) =>
      step(`password: ${name}`, users, {
        json: {
          email: 'anna-smith-<run>@example.com',
          first_name: 'Bartholomew',
          last_name: 'Featherstone',
          password,
        },
      }),
    ),
    step('a weak password and a bad address', users, {
      json: { ...ann, email: 'x', password: '1' },
    }),
    step('a new user', users, { json: ann }),
    step('the same address again', users, { json: ann }),
    step('the same address and a weak password', users, { json: { ...ann, password: '1' } }),
    step('the same address with capitals in its domain', users, {
      json: { ...ann, email: 'ann-<run>@EXAMPLE.com' },
    }),
    step('the same address with capitals', users, {
      json: { ...ann, email: 'ANN-<run>@example.com' },
    }),
    step('what nobody may write is ignored', users, {
      json: {
        ...signUp('cas'),
        id: 7,
        role: 'admin',
        is_staff: true,
        is_superuser: true,
        is_active: true,
        date_joined: 'never',
      },
    }),
    step('numbers for texts', users, {
      json: { ...signUp('num'), first_name: 12, last_name: 3.5, password: 8143379026.25 },
    }),
    step('names are trimmed', users, {
      json: { ...signUp('dan'), first_name: '  Dan ', last_name: '\tDee\n' },
    }),
    step('names beyond ASCII', users, {
      json: {
        ...signUp('eve'),
        first_name: 'Ève \u2028 🐉',
        last_name: '<b>"O\'Neil"</b> & 李\u007f',
      },
    }),
    step('a password that trimming makes too short', users, {
      json: { ...signUp('fay'), password: '      Xk4-z      ' },
    }),
    step('a password of 4097 letters', users, {
      json: { ...signUp('gus'), password: `${'Xk4-z'.repeat(819)}ab` },
    }),
    step('a username in place of the address', users, {
      json: { ...signUp('hal'), email: undefined, username: address('hal') },
    }),
    step('as a form', users, { form: { ...signUp('ida') } }),
    step('as a form without anything', users, { form: {} }),
    step('as a multipart form', users, { multipart: { ...signUp('jon') } }),
    step('as a multipart form without a password', users, { multipart: { email: address('kim') } }),
    ...Object.entries(oddBodies).map(([name, raw]) => step(`body: ${name}`, users, { raw })),
    step('a field twice', users, {
      raw: '{"email": "a@example.com", "email": "b", "password": "x"}',
    }),
    step('JSON in another charset', users, {
      raw: '{}',
      headers: { 'content-type': 'application/json; charset=latin-1' },
    }),
    step('JSON with a type in capitals', users, {
      raw: '{}',
      headers: { 'content-type': 'APPLICATION/JSON' },
    }),
    step('a log-in before the link is followed', 'POST /auth/jwt/create/', {
      json: { email: address('ann'), password },
    }),
  ],
}

/** With USER_CREATE_PASSWORD_RETYPE, and without activation emails. */
export const signingUpTwice: Scenario = {
  name: 'signing up with the password twice',
  variants: ['retype'],
  steps: [
    ...each(users, {
      'an empty object': {},
      ...oddly('re_password', ann),
      'another password': { ...ann, re_password: 'another-horse-1' },
      'another password, and both weak': { ...ann, password: '1', re_password: '2' },
      'one weak password twice': { ...ann, password: '12345', re_password: '12345' },
      'another password and no name': {
        ...ann,
        first_name: undefined,
        re_password: 'another-horse-1',
      },
      'the second trimmed to the first': { ...ann, re_password: ` ${password} ` },
      'the same address again': ann,
    }),
    step('a log-in at once', 'POST /auth/jwt/create/', {
      json: { email: address('ann'), password },
    }),
  ],
}

export const scenarios = [signingUp, signingUpTwice]
