// What the bench and a Worker in a place tell each other.

/** The milliseconds of a call to D1 from where the Worker runs. */
export interface Place {
  primary: number
  replica: number
}

export interface Trip {
  to: 'primary' | 'replica'
  /** Whether the answer did not wait for it, as for an email that is sent afterwards. */
  isAfterAnswer: boolean
  /** As D1 bills them. */
  rowsRead: number
  rowsWritten: number
}

/** What the stand-in answers in place of the Worker's answer. */
export interface Report {
  status: number
  headers: [string, string][]
  body: string
  /** From the arrival of the request to the answer. */
  milliseconds: number
  trips: Trip[]
}

/** How the bench sends a request: the place, and the seconds that pass before it. */
export interface Journey extends Place {
  wait: number
}

export const journeyHeader = 'x-bench-journey'
