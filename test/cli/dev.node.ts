import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { type IncomingMessage, request } from 'node:http'
import { createServer } from 'node:net'
import { describe, test } from 'node:test'
import { parseEnv } from 'node:util'
import { newProject } from './project.ts'
import { freePort, portOf, waitForOutput } from './running.ts'

// Finds processes by /proc, so it runs only where that exists.
describe('npm run dev', { skip: !existsSync('/proc/self/stat') }, () => {
  test('makes its secrets, answers, and ends with everything that it started when npm ends', async () => {
    const project = newProject()
    const port = await freePort()
    const npm = spawn('npm', ['run', 'dev', '--', '--port', String(port)], {
      cwd: project.file('.'),
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await waitForOutput(npm, `answers at http://localhost:${port}`)

    const answer = await fetch(`http://localhost:${port}/healthz`)
    assert.equal(answer.status, 200)
    const secrets = parseEnv(readFileSync(project.file('.dev.vars'), 'utf8'))
    assert.equal(statSync(project.file('.dev.vars')).mode & 0o777, 0o600)
    assert.equal(secrets.SECRET_KEY?.length, 43) // 32 bytes
    assert.equal(secrets.SIGNING_KEY?.length, 43)
    assert.notEqual(secrets.SECRET_KEY, secrets.SIGNING_KEY)
    assert.equal(secrets.RESEND_API_KEY, '')

    const processes = family(npm.pid)
    assert.ok(processes.length > 4, 'npm, dev, wrangler and workerd')
    npm.kill('SIGKILL')
    await ended(processes)
  })

  test('ends at a signal', async () => {
    const project = newProject()
    const port = await freePort()
    const dev = project.start('dev', ['--port', String(port)])
    await waitForOutput(dev, `answers at http://localhost:${port}`)

    const processes = family(dev.pid)
    dev.kill('SIGINT')
    await ended(processes)
  })

  test('with routes, the mailbox answers only under names of this machine', async () => {
    const project = newProject()
    const routes = 'routes = [{ pattern = "auth.example.com", custom_domain = true }]\n'
    const configuration = readFileSync(project.file('wrangler.toml'), 'utf8')
    project.write('wrangler.toml', configuration.replace(/^name = /m, `${routes}$&`))
    const port = await freePort()
    const dev = project.start('dev', ['--port', String(port)])
    await waitForOutput(dev, `answers at http://localhost:${port}`)

    const hosts = [`localhost:${port}`, `127.0.0.1:${port}`, 'evil.example', 'auth.example.com']
    const statuses = await Promise.all(hosts.map((host) => statusAt(port, '/dev/mailbox/', host)))
    dev.kill('SIGINT')
    await once(dev, 'close')

    assert.deepEqual(statuses, [200, 200, 403, 403])
  })

  test('reports a port that is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const port = portOf(server)

    const { status, output } = await newProject().run('dev', ['--port', String(port)])

    assert.equal(status, 1)
    assert.match(output, new RegExp(`Port ${port} is taken`))
    server.close()
  })

  test('prints its options with --help, and creates and starts nothing', async () => {
    const project = newProject()
    const { status, output } = await project.run('dev', ['--help'])

    assert.equal(status, 0)
    assert.match(output, /^Usage: npm run dev -- \[options\]\n\nRuns .*\n\n {2}--port N/)
    assert.ok(!existsSync(project.file('.dev.vars')))
  })

  test('says what to delete if other migrations made the local database', async () => {
    const project = newProject()
    const earlier = ['d1', 'execute', 'DB', '--local', '--command', 'CREATE TABLE users (id)']
    assert.equal((await project.runScript('wrangler/bin/wrangler.js', earlier)).status, 0)

    const { status, output } = await project.run('dev', ['--port', String(await freePort())])

    assert.equal(status, 1)
    assert.match(output, /^Other migrations made the local database\. Delete \.wrangler\/state/m)
  })

  const refused: [string, string[], RegExp, (1 | 2)?][] = [
    ['a wrong setting', ['--var', 'ACCESS_TOKEN_LIFETIME:soon'], /ACCESS_TOKEN_LIFETIME is "soon"/],
    ['an invalid port', ['--port', '0'], /--port is 0/, 2],
    ['another address', ['--ip', '0.0.0.0'], /no --ip 0\.0\.0\.0/],
    ['the network', ['--remote'], /no --remote/],
  ]
  for (const [name, parameters, sentence, expected = 1] of refused) {
    test(`refuses ${name}`, async () => {
      const { status, output } = await newProject().run('dev', parameters)

      assert.equal(status, expected)
      assert.match(output, sentence)
    })
  }
})

/** The status for a request with this Host header. */
async function statusAt(port: number, path: string, host: string): Promise<number | undefined> {
  const sent = request({ port, path, host: '127.0.0.1', headers: { host } }).end()
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  answer.resume()
  return answer.statusCode
}

/** The ids of a process and its descendants. */
function family(id: number | undefined): number[] {
  const children = readdirSync('/proc').filter((name) => statusOf(name)?.parent === id)
  return [Number(id), ...children.flatMap((name) => family(Number(name)))]
}

async function ended(processes: number[]) {
  for (let tries = 0; tries < 50; tries++) {
    if (processes.every((id) => (statusOf(id)?.state ?? 'Z') === 'Z')) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  assert.fail(`still there: ${processes.filter((id) => statusOf(id)).join(', ')}`)
}

function statusOf(id: number | string): { state: string; parent: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${id}/stat`, 'utf8')
    const [, state = '', parent] = stat.slice(stat.lastIndexOf(')')).split(' ')
    return { state, parent: Number(parent) }
  } catch {
    return undefined
  }
}
