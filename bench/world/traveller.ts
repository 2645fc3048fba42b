// A client in a city, that sends requests one after another to a Worker in the same city.

import type { Chain } from '../load.ts'
import { type Journey, journeyHeader, type Report } from '../workers/journey.ts'
import { type City, d1From } from './places.ts'

export interface Traveller {
  email: string
  /** @param wait seconds before the request. @throws Error for an answer that is not expected */
  send(chain: Chain, options?: { wait?: number; expected?: number }): Promise<Report>
  /** Runs the cron. */
  runCron(wait: number): Promise<void>
}

/** @param name begins the address of the client's account */
export function traveller(origin: string, city: City, primary: City, name: string): Traveller {
  const travel = async (path: string, init: RequestInit & { headers: object }, wait: number) => {
    const journey: Journey = { ...d1From(city, primary), wait }
    const headers = { ...init.headers, [journeyHeader]: JSON.stringify(journey) }
    const answer = await fetch(origin + path, { ...init, headers })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${path}: ${text}`)
    return JSON.parse(text) as Report
  }
  return {
    email: `${name.toLowerCase().replaceAll(/[^a-z]/g, '.')}@example.com`,
    async send({ method, path, headers, body }, { wait = 1, expected } = {}) {
      const sent = { method, headers: { ...headers, ...json }, ...(body && { body: body() }) }
      const report = await travel(path, body ? sent : { method, headers }, wait)
      const isExpected = expected ? report.status === expected : report.status < 300
      if (!isExpected) throw new Error(`${path} answered ${report.status}: ${report.body}`)
      return report
    },
    runCron: async (wait) => void (await travel('/cron', { headers: {} }, wait)),
  }
}

const json = { 'content-type': 'application/json' }
