// How long the import and the export took, as a table.

import { table } from './report.ts'

export interface Transfer {
  name: string
  seconds: number
  /** MiB; 0 where there is no /proc. */
  memory: number
}

export const transferTable = (transfers: Transfer[]) =>
  table(
    ['', 'seconds', 'MiB at most'],
    transfers.map(({ name, seconds, memory }) => [name, seconds.toFixed(0), `${memory}`]),
  )
