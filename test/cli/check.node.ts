// `gatehouse check` in a deployer's project, and the assets that dev and deploy compose.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { parseEnv } from 'node:util'
import { packageName } from '../../cli/package.ts'
import { newDeployersProject } from './deployer.ts'
import { freePort, waitForOutput } from './running.ts'

type Project = Awaited<ReturnType<typeof newDeployersProject>>

/** Adds a table, and hands it over as personal data. */
function addTable(project: Project, { name = 'app_notes', reference = '', isPersonal = true }) {
  project.write(
    'src/tables.ts',
    `import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
     import { users } from '${packageName}/schema'
     export const notes = sqliteTable('${name}', {
       id: integer('id').primaryKey(),
       userId: integer('user_id').notNull().references(() => users.id${reference}),
       text: text('text').notNull(),
     })\n`,
  )
  project.write('src/schema.ts', `${project.read('src/schema.ts')}\nexport * from './tables.ts'\n`)
  if (!isPersonal) return
  project.edit('src/index.ts', 'hooks, routes', 'hooks, routes, personalData: [notes]')
  project.edit('src/index.ts', 'import ', "import { notes } from './tables.ts'\nimport ")
}

function addCompany(project: Project) {
  project.edit('src/user-model.ts', '{ defineUserModel', '{ defineUserModel, text')
  project.edit('src/user-model.ts', '...standardFields,', '...standardFields, company: text(),')
}

const cascade = ", { onDelete: 'cascade' }"

describe('gatehouse check', () => {
  test('finds nothing wrong in a new project', async () => {
    const { status, output } = await (await newDeployersProject()).run('check')

    assert.equal(output, 'check: nothing is wrong.\n')
    assert.equal(status, 0)
  })

  const wrong: [string, (project: Project) => void, RegExp][] = [
    [
      'a wrong setting',
      (project) =>
        project.edit('wrangler.toml', '[vars]', '[vars]\nACCESS_TOKEN_LIFETIME = "soon"'),
      /^ACCESS_TOKEN_LIFETIME is "soon"; it must be a duration/,
    ],
    [
      'a wrong setting of an environment',
      (project) =>
        project.edit(
          'wrangler.toml',
          '[env.staging.vars]',
          '[env.staging.vars]\nD1_TIMEOUT = "1h"',
        ),
      /^\[env\.staging\] D1_TIMEOUT must be at most 30s/,
    ],
    [
      'a claim whose name has a meaning',
      (project) =>
        project.write('src/hooks.ts', "export const hooks = { claims: { sub: () => 'x' } }\n"),
      /^hooks: the claim "sub" already has a meaning/,
    ],
    [
      'a table that refers to users without cascade',
      (project) => addTable(project, {}),
      /^app_notes\.user_id refers to users without \{ onDelete: 'cascade' \}/,
    ],
    [
      'a table that refers to users and is not personal data',
      (project) => addTable(project, { reference: cascade, isPersonal: false }),
      /^app_notes refers to users, and is missing in personalData/,
    ],
    [
      'a table with the SQL name of ours',
      (project) => addTable(project, { name: 'throttles', reference: cascade }),
      /^src\/schema\.ts: a table of yours has the name 'throttles' in SQL, which is Gatehouse's/m,
    ],
    [
      'a table with the name of ours in code',
      (project) => {
        addTable(project, { reference: cascade })
        project.edit('src/tables.ts', 'const notes', 'const sessions')
        project.edit('src/index.ts', '{ notes }', '{ sessions as notes }')
      },
      /^src\/schema\.ts does not export Gatehouse's table 'sessions'/m,
    ],
    [
      'a migration that loses rows',
      (project) => project.write('migrations/0001_own.sql', 'DROP TABLE `users`;'),
      /^0001_own\.sql drops the table users/,
    ],
    [
      'a migration that is missing, with its SQL',
      addCompany,
      /^ALTER TABLE `users` ADD `company` text DEFAULT '' NOT NULL;\n\nThe schema lacks this migration\. Write it: npx gatehouse makemigrations$/m,
    ],
    [
      'a migration that is not in the journal',
      (project) => project.write('migrations/0001_own.sql', 'SELECT 1;'),
      /^0001_own\.sql is not in migrations\/meta\/_journal\.json/,
    ],
    [
      'an asset with the name of ours',
      (project) => mkdirSync(project.file('public/common-passwords'), { recursive: true }),
      /^public\/common-passwords has the name of an asset of Gatehouse/,
    ],
    [
      'a document of its own, which would replace that of the deployment',
      (project) => mkdirSync(project.file('public/openapi.json'), { recursive: true }),
      /^public\/openapi\.json has the name of an asset of Gatehouse/,
    ],
    [
      'another version of Hono',
      (project) => install(project, 'hono', '3.12.0'),
      /^hono is 3\.12\.0\. Gatehouse was tested with 4\.\d+\.\d+: npm install hono@4/m,
    ],
  ]
  for (const [name, change, sentence] of wrong) {
    test(`reports ${name}, with status 1`, async () => {
      const project = await newDeployersProject()
      change(project)

      const { status, output } = await project.run('check')

      assert.match(output, sentence)
      assert.equal(status, 1)
    })
  }

  test('warns about an older wrangler, with status 0', async () => {
    const project = await newDeployersProject()
    install(project, 'wrangler', '4.100.0')

    const { status, output } = await project.run('check')

    assert.match(output, /^wrangler is 4\.100\.0\. Gatehouse was tested with /)
    assert.equal(status, 0)
  })

  test('warns if the schema has less than the migrations, as after the return to an older version', async () => {
    const project = await newDeployersProject()
    addCompany(project)
    const made = await project.run('makemigrations', '--name', 'company')
    project.edit('src/user-model.ts', ' company: text(),', '')

    const { status, output } = await project.run('check')

    assert.match(made.output, /\nWrote migrations\/\d{4}_company\.sql\./)
    assert.match(output, /drops the column users\.company, /)
    assert.equal(status, 0)
  })

  test('warns about a language that is not complete, and reports one that cannot work', async () => {
    const project = await newDeployersProject()
    const german = "languages: { de: { sentences: { 'Not found.': 'Nicht gefunden.' } } }"
    project.edit('src/index.ts', 'hooks, routes', `hooks, routes, ${german}`)

    const incomplete = await project.run('check')
    assert.match(
      incomplete.output,
      /^The language de lacks \d+ of \d+ sentences, which stay English: "/,
    )
    assert.equal(incomplete.status, 0)

    project.edit('src/index.ts', "'Not found.': '", "'Hello {},': '")
    const { status, output } = await project.run('check')
    assert.match(output, /^languages: de: the translation must have as many \{\} as "Hello \{\},"/)
    assert.equal(status, 1)
  })

  test('--deploy checks the settings as in production, and --json prints them', async () => {
    const project = await newDeployersProject()

    const { status, output } = await project.run('check', '--deploy', '--json')

    assert.equal(status, 1)
    const findings = JSON.parse(output) as { subject: string; level: string; sentence: string }[]
    const [first] = findings
    assert.deepEqual([first?.subject, first?.level], ['settings', 'error'])
    assert.match(first?.sentence ?? '', /^database_id in wrangler\.toml is a placeholder/)
  })

  test('an environment that wrangler.toml lacks is refused', async () => {
    const { status, output } = await (await newDeployersProject()).run('check', '--env', 'none')

    assert.equal(status, 1)
    assert.equal(output, 'wrangler.toml has no [env.none]. Its environments: staging.\n')
  })
})

describe('gatehouse dev', () => {
  test('serves the project with its environment, and with our assets, from a monorepo too', async () => {
    const project = await newDeployersProject({ hoisted: true })
    const port = await freePort()
    const title = 'EMAIL_FRONTEND_SITE_NAME:Example'
    const options = ['--env', 'staging', '--var', title]
    const dev = project.start('dev', '--port', String(port), ...options)
    await waitForOutput(dev, `answers at http://localhost:${port}`)

    const answer = await fetch(`http://localhost:${port}/auth/users/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        ...{ email: 'ada@example.com', first_name: 'Ada', last_name: 'Lovelace' },
        password: 'password1',
      }),
    })
    const body = await answer.json()
    const document = await (await fetch(`http://localhost:${port}/openapi.json`)).text()
    const users = await project.run('user', 'list', '--json', '--env', 'staging')
    dev.kill('SIGINT')
    await once(dev, 'close')

    assert.deepEqual([answer.status, body], [400, { password: ['This password is too common.'] }])
    assert.deepEqual(users, { status: 0, output: '[]\n' })
    const { info, servers } = JSON.parse(document)
    assert.deepEqual(
      [info.title, servers],
      ['Auth API of Example', [{ url: `http://localhost:${port}` }]],
    )
    const secrets = Object.values(parseEnv(project.read('.dev.vars'))).filter(Boolean)
    assert.equal(secrets.length, 2)
    for (const secret of secrets) assert.ok(!document.includes(secret ?? ''), 'it has no secret')
  })
})

describe('gatehouse deploy --dry-run', () => {
  test('builds the Worker with our assets and those of public/, and calls nothing at Cloudflare', async () => {
    const project = await newDeployersProject()
    project.edit('wrangler.toml', /"00000000-0000-0000-0000-000000000000"/, '"6a0f1b7e"')
    project.edit(
      'wrangler.toml',
      '[vars]',
      '[vars]\nPUBLIC_URL = "https://auth.example.com"\nDEFAULT_FROM_EMAIL = "a@example.com"',
    )
    mkdirSync(project.file('public'))
    writeFileSync(project.file('public/logo.svg'), '<svg/>')

    const { status, output } = await project.run('deploy', '--dry-run')

    assert.equal(status, 0, output)
    assert.match(output, /--dry-run: exiting now/)
    for (const name of ['logo.svg', 'common-passwords/00.txt', 'openapi.json']) {
      assert.ok(existsSync(project.file(`.gatehouse/assets/${name}`)), name)
    }
  })
})

/** Installs a package of this version, without its code. */
function install(project: Project, name: string, version: string) {
  const folder = project.file(`node_modules/${name}`)
  rmSync(folder)
  mkdirSync(folder)
  writeFileSync(`${folder}/package.json`, JSON.stringify({ name, version }))
}
