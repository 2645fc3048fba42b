// A process that imports this file ends with SIGTERM when its parent process ends.
//
// npm runs a script in a shell that may outlive npm. So under npm, the process also ends when the shell's parent ends.

import { readFileSync } from 'node:fs'

const isUnderNpm = process.env.npm_lifecycle_event !== undefined
const parent = process.ppid
const grandparent = isUnderNpm ? parentOf(parent) : undefined

const watch = setInterval(() => {
  const isOrphaned = process.ppid !== parent || (isUnderNpm && parentOf(parent) !== grandparent)
  if (!isOrphaned) return
  clearInterval(watch)
  process.kill(process.pid, 'SIGTERM')
}, 250)
watch.unref()

/** The parent of a process, from /proc. Without /proc it is undefined; there, npm's shell becomes its command. */
function parentOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')')).split(' ')[2]
  } catch {
    return undefined
  }
}
