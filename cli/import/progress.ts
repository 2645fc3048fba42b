// A progress bar in the terminal. Without a terminal it prints nothing.

const width = 30

export function progress(label: string) {
  let shown = -1
  return {
    /** @param part the share that is done, from 0 to 1 */
    advance(part: number) {
      const percent = Math.floor(Math.min(1, part) * 100)
      if (percent === shown || !process.stderr.isTTY) return
      shown = percent
      const full = Math.round((percent / 100) * width)
      const bar = '█'.repeat(full) + '░'.repeat(width - full)
      process.stderr.write(`\r${label.padEnd(10)} ${bar} ${String(percent).padStart(3)} %`)
    },
    clear() {
      if (shown >= 0) process.stderr.write('\r\u001b[K')
    },
  }
}
