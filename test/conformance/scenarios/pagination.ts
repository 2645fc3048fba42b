// Lists of users by page number, and by limit and offset.

import { type Scenario, type Step, step } from '../scenario.ts'
import { logsIn, signsUp, signsUpByMail } from './people.ts'

// The lists of a user that sees only themselves, however many others there are.
const asks = (queries: string[]): Step[] =>
  queries.map((query) =>
    step(query || 'nothing', `GET /auth/users/${query && `?${query}`}`, { as: 'ann.access' }),
  )

const begin = [
  ...signsUp('ann'),
  logsIn('ann'),
  step('anonymous', 'GET /auth/users/?page=x&limit=x'),
]

export const pages: Scenario = {
  name: 'pages by number',
  variants: ['pages'],
  steps: [
    ...begin,
    ...asks(['', 'page=1', 'page=last', 'page=', 'page=%201%20', 'page=%2B1', 'page=01']),
    ...asks(['page=2', 'page=0', 'page=-1', 'page=x', 'page=1.0', 'page=LAST', 'page=1e1']),
    ...asks(['page=%00', 'page=99999999999999999999999', 'page=x&page=1', 'page=1&page=2']),
    ...asks(['page_size=7', 'limit=1&offset=1', 'search=x', 'ordering=-id']),
  ],
}

export const offsets: Scenario = {
  name: 'pages by offset',
  variants: ['offsets'],
  steps: [
    ...begin,
    ...asks(['', 'limit=1', 'limit=0', 'limit=-1', 'limit=x', 'limit=', 'limit=%202%20']),
    ...asks(['offset=0', 'offset=1', 'offset=2', 'offset=7', 'offset=-1', 'offset=x', 'offset=']),
    ...asks(['offset=1&limit=1', 'offset=3&limit=1', 'offset=3&limit=2', 'offset=3&limit=5']),
    ...asks(['offset=5&limit=2&z=1&a=%7E*%20%2B%2F%C3%A9&b&a=0', 'page=2', 'page=x']),
  ],
}

export const below: Scenario = {
  name: 'pages below a prefix',
  variants: ['prefix'],
  steps: [
    ...signsUpByMail('ann'),
    logsIn('ann'),
    step('the root of Djoser', 'GET /auth/'),
    ...asks(['', 'limit=1&offset=1', 'offset=3&limit=2&z=1', 'offset=5']),
  ],
}

export const scenarios = [pages, offsets, below]
