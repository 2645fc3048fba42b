// What slow password hashes cost a Worker: the memory of its process, and how long other requests wait. Unknown login
// names are enough, because DUMMY_PASSWORD_HASH is the hash for them.

import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { startGatehouse } from './running.ts'

// Reads processes from /proc, so it runs only where that exists.
describe('wrong logins against slow hashes', { skip: !existsSync('/proc/self/status') }, () => {
  for (const hash of ['argon2$m=102400,t=2,p=8', 'scrypt$65536$8$2']) {
    test(`twenty of ${hash}, then twelve at once, use at most 130 MB`, async (t) => {
      const { url, pid, stop } = await startGatehouse({ DUMMY_PASSWORD_HASH: hash })
      t.after(stop)
      assert.equal((await fetch(`${url}/healthz`)).status, 200)
      const before = workerdMemory(pid)

      const after: number[] = []
      for (let i = 0; i < 20; i++) {
        assert.equal((await logIn(url)).status, 401)
        after.push(workerdMemory(pid))
      }
      const together = await Promise.all(Array.from({ length: 12 }, () => logIn(url)))
      after.push(workerdMemory(pid))

      for (const answer of together) assertAnswered(answer)
      const grown = Math.max(...after) - before
      t.diagnostic(`${before.toFixed()} MB before, ${grown.toFixed()} MB more at most`)
      assert.ok(grown <= 130, `it grew by ${grown.toFixed()} MB`)
    })
  }

  test('ten logins with a million rounds of PBKDF2 do not delay other requests', async (t) => {
    const { url, stop } = await startGatehouse({ DUMMY_PASSWORD_HASH: 'pbkdf2_sha256$1000000' })
    t.after(stop)
    assert.equal((await fetch(`${url}/healthz`)).status, 200)

    let left = 10
    const logins = Array.from({ length: 10 }, async () => {
      const answer = await logIn(url)
      left--
      return answer
    })
    const waits: number[] = []
    while (left > 0) {
      await new Promise((resolve) => setTimeout(resolve, 100))
      const start = performance.now()
      assert.equal((await fetch(`${url}/healthz`)).status, 200)
      waits.push(performance.now() - start)
    }

    for (const answer of await Promise.all(logins)) assertAnswered(answer)
    const median = waits.sort((one, other) => one - other)[waits.length >> 1] ?? Infinity
    t.diagnostic(
      `/healthz, ${waits.length} times: ${median.toFixed()} ms, at most ${waits.at(-1)?.toFixed()} ms`,
    )
    assert.ok(median <= 200, `/healthz took ${median.toFixed()} ms`)
  })
})

let names = 0

/** A login by an unknown name, from an address of its own. */
function logIn(url: string) {
  const name = names++
  return fetch(`${url}/auth/jwt/create/`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'cf-connecting-ip': `10.0.0.${name}` },
    body: JSON.stringify({ email: `nobody${name}@example.com`, password: 'a flock of geese' }),
  })
}

/** The password was compared and is wrong, or the queue of slow hashes is full. */
function assertAnswered({ status, headers }: Response) {
  assert.ok(status === 401 || status === 503, `${status}`)
  if (status === 503) assert.match(headers.get('retry-after') ?? '', /^\d+$/)
}

/** The memory of all workerd processes that this process started, in MB. */
function workerdMemory(pid: number | undefined): number {
  const processes = readdirSync('/proc').map(statusOf)
  const family = new Set([String(pid)])
  let memory = 0
  // A parent may have a higher id than its children.
  for (let size = 0; size < family.size; ) {
    size = family.size
    for (const { PPid, Pid } of processes) if (PPid && Pid && family.has(PPid)) family.add(Pid)
  }
  for (const { Name, Pid, VmRSS } of processes) {
    if (Name === 'workerd' && Pid && family.has(Pid)) memory += Number.parseInt(VmRSS ?? '', 10)
  }
  assert.ok(memory > 0, 'a workerd runs')
  return memory / 1024
}

/** /proc/<id>/status; empty if there is no such process. */
function statusOf(id: string): Record<string, string> {
  if (!/^\d+$/.test(id) || !existsSync(`/proc/${id}/status`)) return {}
  try {
    const lines = readFileSync(`/proc/${id}/status`, 'utf8').split('\n')
    return Object.fromEntries(lines.map((line) => line.split(/:\s*/, 2)))
  } catch {
    return {}
  }
}
