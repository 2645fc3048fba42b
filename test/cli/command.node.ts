// The command itself: its help, its statuses, and what it says about a user model that it cannot load.

import assert from 'node:assert/strict'
import { mkdirSync, rmSync } from 'node:fs'
import { describe, test } from 'node:test'
import { red } from '../../cli/terminal.ts'
import manifest from '../../package.json' with { type: 'json' }
import { gatehouse, gatehouseWith, newDeployersProject, newFolder } from './deployer.ts'
import { newProject } from './project.ts'

const verbs = [
  ...['init', 'dev', 'makemigrations', 'migrate', 'check', 'deploy', 'openapi', 'user'],
  ...['createsuperuser', 'keys', 'import-django', 'export-django', 'restore'],
]

describe('gatehouse', () => {
  test('--help lists every verb', async () => {
    const { status, output } = await gatehouse(newFolder(), '--help')

    assert.equal(status, 0)
    assert.match(output, /^Usage: gatehouse VERB \[options\]\n/)
    for (const verb of verbs) assert.match(output, new RegExp(`^  ${verb} +\\w`, 'm'))
  })

  test('--version prints the version of the package', async () => {
    const { status, output } = await gatehouse(newFolder(), '--version')

    assert.deepEqual({ status, output }, { status: 0, output: `${manifest.version}\n` })
  })

  for (const verb of verbs) {
    test(`${verb} --help prints its options, outside of a project too`, async () => {
      const { status, output } = await gatehouse(newFolder(), verb, '--help')

      assert.equal(status, 0)
      assert.match(output, new RegExp(`^Usage: npx gatehouse ${verb}`))
      assert.match(output, /^ {2}--help +prints this\n$/m)
    })
  }

  test('in this repository, the help names the scripts of npm', async () => {
    const { output } = await newProject().run('user', ['--help'])

    assert.match(output, /^Usage: npm run user -- list/)
  })

  const wrong: [string, string[], RegExp][] = [
    ['no verb', [], /^Usage: gatehouse VERB/],
    ['an unknown verb', ['make'], /^There is no verb make\.\n\nUsage: gatehouse VERB/],
    ['the name of an object’s property as a verb', ['toString'], /^There is no verb toString\./],
    ['an unknown option', ['init', 'x', '--force'], /^Unknown option '--force'.*\n\nUsage: npx/],
    [
      'an option without its value',
      ['restore', 'x', '--env'],
      /--env.*argument missing.*\n\nUsage/,
    ],
    ['no parameter where one is required', ['init'], /^Name one directory\.\n\nUsage: npx/],
  ]
  for (const [name, parameters, sentence] of wrong) {
    test(`answers ${name} by the usage and status 2`, async () => {
      const { status, output } = await gatehouse(newFolder(), ...parameters)

      assert.equal(status, 2)
      assert.match(output, sentence)
      assert.doesNotMatch(output, /\n {4}at /)
    })
  }

  test('prints no colours without a terminal', async () => {
    const { output } = await gatehouseWith({ FORCE_COLOR: '' }, newFolder(), 'unknown')

    assert.ok(!output.includes('\u001b'))
  })
})

describe('colours', () => {
  const terminal = { isTTY: true }
  const shown = (env: Record<string, string>, stream: { isTTY: boolean }) => {
    const before = { ...process.env }
    Object.assign(process.env, { NO_COLOR: '', TERM: 'xterm', ...env })
    const text = red('no', stream)
    process.env = before
    return text
  }

  test('are for a terminal only, and never with NO_COLOR or TERM=dumb', () => {
    assert.equal(shown({}, terminal), '\u001b[31mno\u001b[0m')
    assert.equal(shown({}, { isTTY: false }), 'no')
    assert.equal(shown({ NO_COLOR: '1' }, terminal), 'no')
    assert.equal(shown({ TERM: 'dumb' }, terminal), 'no')
  })
})

describe('gatehouse and the user model of a project', () => {
  test('uses src/user-model.ts, or the file that package.json names', async () => {
    const project = await newDeployersProject()
    project.edit('src/user-model.ts', /fields: \{/, 'fields: { company: text({ maxLength: 100 }),')
    project.edit('src/user-model.ts', /import \{ /, 'import { text, ')
    const names = ['--email=ada@example.com', '--first_name=Ada', '--last_name=Lovelace']
    const given = ['--noinput', ...names, '--company=Analytical', '--dry-run']
    const env = { DJANGO_SUPERUSER_PASSWORD: 'a pond of herons' }
    project.write('.dev.vars', `SECRET_KEY="${'k'.repeat(43)}"\nSIGNING_KEY="${'s'.repeat(43)}"\n`)

    const standard = await gatehouseWith(env, project.folder, 'createsuperuser', ...given)
    assert.equal(standard.status, 0, standard.output)

    mkdirSync(project.file('model'))
    project.write('model/user.ts', project.read('src/user-model.ts').replaceAll('company', 'firm'))
    rmSync(project.file('src/user-model.ts'))
    project.edit('package.json', '{', '{ "gatehouse": { "userModel": "model/user.ts" },')
    const renamed = given.map((each) => each.replace('company', 'firm'))
    const { status, output } = await gatehouseWith(
      env,
      project.folder,
      'createsuperuser',
      ...renamed,
    )
    assert.equal(status, 0, output)
  })

  test('--help names its fields, and the standard ones if it cannot be loaded', async () => {
    const project = await newDeployersProject()
    const model = (fields: string) =>
      `import { defineUserModel, text } from '${manifest.name}/user-model'
       export const userModel = defineUserModel({ fields: { ${fields} } as never })\n`
    project.write('src/user-model.ts', model('company: text({ maxLength: 100 })'))
    const own = await project.run('createsuperuser', '--help')
    project.write('src/user-model.ts', model('email: text()'))
    const broken = await project.run('createsuperuser', '--help')

    assert.deepEqual([own.status, broken.status], [0, 0])
    assert.match(own.output, /^ {2}--company VALUE/m)
    assert.doesNotMatch(own.output, /--last_name/)
    assert.match(broken.output, /^ {2}--last_name VALUE/m)
  })

  const refused: [string, string | undefined, RegExp][] = [
    ['no such file', undefined, /^There is no src\/user-model\.ts, .* package\.json: "gatehouse"/],
    [
      'no userModel in it',
      'export const model = 1',
      /^src\/user-model\.ts must export userModel\./,
    ],
    [
      'a field that cannot work',
      `import { defineUserModel, text } from 'gatehouse-auth/user-model'
       export const userModel = defineUserModel({ fields: { email: text() } as never })`,
      /^The user model: the field "email" already has a meaning; choose another name\n$/,
    ],
    [
      'an import of a value that only a Worker has',
      "import { batch } from 'cloudflare:workers'\nexport const userModel = batch",
      /^src\/user-model\.ts imports a value from 'gatehouse-auth'.*\. Import types only/,
    ],
  ]
  for (const [name, text, sentence] of refused) {
    test(`refuses ${name} by a sentence and status 1`, async () => {
      const project = await newDeployersProject()
      if (text === undefined) rmSync(project.file('src/user-model.ts'))
      else project.write('src/user-model.ts', text)

      const { status, output } = await project.run('check')

      assert.equal(status, 1)
      assert.match(output, sentence)
      assert.doesNotMatch(output, /\n {4}at /)
    })
  }

  test('shows where any other error of the file is', async () => {
    const project = await newDeployersProject()
    project.write('src/user-model.ts', "throw new Error('not today')")

    const { status, output } = await project.run('check')

    assert.equal(status, 1)
    assert.match(
      output,
      /^src\/user-model\.ts could not be loaded\.\nError: not today\n {4}at .*src\/user-model\.ts/,
    )
  })
})
