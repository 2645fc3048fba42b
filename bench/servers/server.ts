// A server under load, and the CPU time of its processes.

import { readdirSync, readFileSync } from 'node:fs'

export interface Server {
  origin: string
  /** Undefined where there is no /proc: then only the rate is measured. */
  pid?: number | undefined
}

interface Process {
  pid: number
  name: string
  parent: number
  /** Milliseconds, user and system. */
  cpu: number
}

/** The CPU time of a process and of all that it started, in milliseconds. */
export function cpuOf(pid: number | undefined): number | undefined {
  if (pid === undefined) return undefined
  const all = processes()
  const familyOf = (id: number): Process[] =>
    all.filter(({ parent }) => parent === id).flatMap((each) => [each, ...familyOf(each.pid)])
  const family = [...all.filter((each) => each.pid === pid), ...familyOf(pid)]
  return family.reduce((sum, { cpu }) => sum + cpu, 0)
}

/** The processes with this name that a process started. */
export const childrenOf = (pid: number, name: string): number[] =>
  processes()
    .filter((each) => each.parent === pid && each.name === name)
    .map((each) => each.pid)

// A tick is 10 ms on every Linux that Node runs on.
const tick = 10

function processes(): Process[] {
  return filesOf('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      // proc(5): the name is in brackets, and may contain spaces.
      const [, pid, command, rest = ''] = /^(\d+) \((.*)\) (.*)$/s.exec(statOf(name)) ?? []
      const fields = rest.split(' ').map(Number)
      const [parent = 0, user = 0, system = 0] = [fields[1], fields[11], fields[12]]
      if (pid === undefined) return []
      return [{ pid: Number(pid), name: command ?? '', parent, cpu: (user + system) * tick }]
    })
}

function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** Empty for a process that has ended. */
function statOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch {
    return ''
  }
}
