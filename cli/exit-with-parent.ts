// Ends this process, as if asked to, when the one that started it is gone. Import it for that alone.
//
// npm runs a script through a shell that may outlive it, so under npm the shell's parent counts too.

import { readFileSync } from 'node:fs'

const underNpm = process.env.npm_lifecycle_event !== undefined
const parent = process.ppid
const grandparent = underNpm ? parentOf(parent) : undefined

const watch = setInterval(() => {
  const orphaned = process.ppid !== parent || (underNpm && parentOf(parent) !== grandparent)
  if (!orphaned) return
  clearInterval(watch)
  process.kill(process.pid, 'SIGTERM')
}, 250)
watch.unref()

/** Known where there is /proc; elsewhere npm's shell makes way for its command. */
function parentOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')')).split(' ')[2]
  } catch {
    return undefined
  }
}
