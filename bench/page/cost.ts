// What a month costs on Cloudflare: the rows that requests were measured to read and write, the assumptions below, and
// published prices. docs/performance.md has the formula in words.

import { table } from '../report.ts'
import type { RowsOf } from '../world/report.ts'

/** Of each user in a month: 30 % of them come on a day, for an hour. */
const days = 0.3 * 30
const perUser = { refreshes: days * 12, reads: days * 24, logins: 1 }

/** GB of an account, as docs/scaling.md counts it. */
const accountSize = 4.5e-6

/** Workers Paid, in US dollars. The units are a million and, for storage, a GB. */
const prices = {
  requests: { included: 10, price: 0.3 },
  /** CPU milliseconds. */
  cpu: { included: 30, price: 0.02 },
  rowsRead: { included: 25_000, price: 0.001 },
  rowsWritten: { included: 50, price: 1 },
  storage: { included: 5, price: 0.75 },
  /** Events of Workers Logs: one for each request, with `[observability]` as shipped. */
  logs: { included: 20, price: 0.6 },
}
const plan = 5

const sizes = { '10 k': 0.01, '1 M': 1, '10 M': 10, '100 M': 100 }

interface Cpu {
  refresh: number
  read: number
  login: number
}

export function costTable(rows: RowsOf, cpu: Cpu): string {
  const lines = Object.entries(sizes).map(([name, millions]) => {
    const used = usageOf(millions, rows, cpu)
    const cost = (unit: keyof typeof prices) =>
      Math.max(0, used[unit] - prices[unit].included) * prices[unit].price
    const workers = cost('requests') + cost('cpu')
    const d1 = cost('rowsRead') + cost('rowsWritten') + cost('storage')
    const logs = cost('logs')
    return [
      name,
      ...[used.requests, used.rowsRead, used.rowsWritten].map((amount) => `${rounded(amount)} M`),
      `${rounded(used.storage)}`,
      ...[workers, d1].map(dollars),
      `**${dollars(plan + workers + d1)}**`,
      dollars(plan + workers + d1 + logs),
    ]
  })
  const head = ['users', 'requests', 'rows read', 'rows written', 'GB', 'requests and CPU', 'D1']
  return table([...head, 'a month', 'with a log of each request'], lines)
}

function usageOf(millions: number, rows: RowsOf, cpu: Cpu): Record<keyof typeof prices, number> {
  const { refreshes, reads, logins } = perUser
  const sum = (refresh: number, read: number, login: number) =>
    millions * (refreshes * refresh + reads * read + logins * login)
  const { refresh, me, login } = rows
  const requests = sum(1, 1, 1)
  return {
    requests,
    cpu: sum(cpu.refresh, cpu.read, cpu.login),
    rowsRead: sum(refresh?.read ?? 0, me?.read ?? 0, login?.read ?? 0),
    // The clean-up deletes what a login has written.
    rowsWritten: sum(refresh?.written ?? 0, me?.written ?? 0, 2 * (login?.written ?? 0)),
    storage: millions * 1e6 * accountSize,
    logs: requests,
  }
}

const rounded = (amount: number) =>
  amount < 10 ? amount.toPrecision(2) : Math.round(amount).toLocaleString('en-US')

const dollars = (amount: number) => `$${Math.round(amount).toLocaleString('en-US')}`
