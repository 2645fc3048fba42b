// The answer times and the rows as tables.

import { table } from '../report.ts'
import { type City, cities } from './places.ts'
import { furtherRequests, type RequestName, requests } from './requests.ts'

export interface Answer {
  /** Calls to D1 before the answer; a Django's queries. */
  far: number
  near: number
  /** From the client's request to its answer, by city. */
  milliseconds: Partial<Record<City, number>>
}

/** Rows as D1 bills them, those of work after the answer too. */
export interface Rows {
  read: number
  written: number
  readWithReplicas: number
  writtenWithReplicas: number
}

export type Answers = Record<string, Partial<Record<RequestName, Answer>>>
export type RowsOf = Partial<Record<RequestName, Rows>>

export const summarizeWorld = (answers: Answers, rows: RowsOf) =>
  `${answerTable(answers)}\n\n${rowTable(rows)}`

/** Milliseconds, a row for each request of each system. */
export function answerTable(answers: Answers): string {
  const rows = requests.flatMap((request) =>
    Object.entries(answers).flatMap(([system, { [request]: answer }]) =>
      answer ? [[request, system, tripsText(system, answer), ...times(answer)]] : [],
    ),
  )
  return table(['request', 'system', 'calls to the database', ...cities], rows)
}

const times = ({ milliseconds }: Answer) => cities.map((city) => String(milliseconds[city]))

function tripsText(system: string, { near, far }: Answer): string {
  if (near + far === 0) return 'none'
  if (system === 'Django') return `${near} local`
  return [near && `${near} near`, far && `${far} far`].filter(Boolean).join(' + ')
}

export function rowTable(rows: RowsOf): string {
  const names: RequestName[] = [...requests, ...furtherRequests]
  const shown = names.filter((name) => !onlyForTimes.includes(name))
  return table(
    ['request', 'rows read', 'rows written', 'read with replicas', 'written with replicas'],
    shown.flatMap((name) => {
      const { [name]: found } = rows
      if (!found) return []
      const { read, written, readWithReplicas, writtenWithReplicas } = found
      return [[name, ...[read, written, readWithReplicas, writtenWithReplicas].map(String)]]
    }),
  )
}

/** Their rows are those of another request, or grow with the number of users. */
const onlyForTimes: RequestName[] = ['me, just after a write', 'staff: a page of users']
