// Importing this ends the process, as a signal would, when the process that started it is gone.
//
// npm runs a script in a shell that may outlive npm. So under npm, the shell's parent counts too.

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

/** Known where /proc exists. Elsewhere, npm's shell is replaced by its command. */
function parentOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')')).split(' ')[2]
  } catch {
    return undefined
  }
}
