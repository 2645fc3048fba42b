// `npm run bench -- --import`: how long users take into local D1 and out of it, and how much memory. It makes a Django's SQLite
// file, imports it twice, and exports it. `--bare`: with passwords that are to be wrapped.

import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { commit, type Fact, machine } from './configuration.ts'
import { type Transfer, transferTable } from './report-import.ts'
import { writeResults } from './results.ts'

export async function measureImport(users: number, isBare: boolean, write: boolean) {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'))
  const source = join(folder, 'django.sqlite3')
  const persistTo = ['--persist-to', join(folder, 'state')]
  const facts: Fact[] = [
    ['commit', commit()],
    ['machine', machine()],
    ['users', `${users}`],
  ]
  try {
    makeDjango(source, users, isBare)
    migrate(persistTo)
    const imports = [source, '--local', ...persistTo]
    const transfers = [
      await measured('first import', 'import-django', imports),
      await measured('second import', 'import-django', imports),
      await measured('export', 'export-django', ['--out', join(folder, 'out'), ...persistTo]),
    ]
    const text = transferTable(transfers)
    console.log(text)
    if (write) writeResults('import', facts, text, { users, transfers })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function migrate(persistTo: string[]) {
  const apply = ['d1', 'migrations', 'apply', 'DB', '--local', ...persistTo]
  execFileSync(process.execPath, ['node_modules/wrangler/bin/wrangler.js', ...apply], {
    env: { ...process.env, WRANGLER_SEND_METRICS: 'false', WRANGLER_WRITE_LOGS: 'false' },
    stdio: 'ignore',
  })
}

/** Each with a password, half with a key, and a tenth with a blacklisted refresh token. */
function makeDjango(source: string, users: number, isBare: boolean) {
  const password = isBare
    ? 'lower(hex(randomblob(32)))'
    : "'pbkdf2_sha256$600000$' || hex(randomblob(11)) || '$' || substr(hex(randomblob(22)), 1, 43) || '='"
  const database = new DatabaseSync(source)
  database.exec(`
    CREATE TABLE auth_user (id INTEGER PRIMARY KEY, password, last_login, is_superuser, username,
      last_name, email, is_staff, is_active, date_joined, first_name);
    CREATE TABLE authtoken_token (key, created, user_id);
    CREATE TABLE token_blacklist_outstandingtoken (id INTEGER PRIMARY KEY, token, created_at, expires_at,
      user_id, jti);
    CREATE TABLE token_blacklist_blacklistedtoken (id INTEGER PRIMARY KEY, blacklisted_at, token_id);
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${users})
      INSERT INTO auth_user SELECT i,
        ${password},
        NULL, 0, 'user' || i, 'Lovelace', 'user' || i || '@example.com', 0, 1,
        '2020-01-02 03:04:05.678901', 'Ada' FROM n;
    INSERT INTO authtoken_token
      SELECT lower(hex(randomblob(20))), '2020-01-02 03:04:05', id FROM auth_user WHERE id % 2 = 0;
    INSERT INTO token_blacklist_outstandingtoken
      SELECT id, '', '2020-01-02', '2090-01-02', id, lower(hex(randomblob(16))) FROM auth_user
      WHERE id % 10 = 0;
    INSERT INTO token_blacklist_blacklistedtoken
      SELECT id, '2020-01-02', id FROM token_blacklist_outstandingtoken`)
  database.close()
}

async function measured(name: string, tool: string, parameters: string[]): Promise<Transfer> {
  const started = performance.now()
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', 'cli/gatehouse.ts', tool, ...parameters],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, SECRET_KEY: 'a-key-of-the-bench-0123456789-0123456789' },
    },
  )
  let most = 0
  const watch = setInterval(() => {
    most = Math.max(most, memoryOf(child.pid))
  }, 100)
  child.stdout.resume()
  const [status] = await once(child, 'close')
  clearInterval(watch)
  if (status !== 0) throw new Error(`The ${name} ended with status ${status}`)
  return { name, seconds: (performance.now() - started) / 1000, memory: most }
}

/** Where there is /proc. */
function memoryOf(pid: number | undefined): number {
  try {
    const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return Math.round(Number(kilobytes ?? 0) / 1024)
  } catch {
    return 0
  }
}
