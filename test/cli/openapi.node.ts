// `gatehouse openapi`: the document of a deployer's project. `dev` and `deploy` write it too: check.node.ts, deploy.node.ts.

import assert from 'node:assert/strict'
import { readFileSync, rmSync } from 'node:fs'
import { describe, test } from 'node:test'
import { newDeployersProject } from './deployer.ts'
import { newProject } from './project.ts'

describe('gatehouse openapi', () => {
  test('prints what follows from settings, user model and hooks, and adds routes of the project', async () => {
    const project = await newDeployersProject()
    project.edit('src/user-model.ts', '...standardFields,', '...standardFields, company: text(),')
    project.edit('src/user-model.ts', 'standardFields }', 'standardFields, text }')
    project.edit('src/user-model.ts', "'last_name'],", "'last_name', 'company'],")
    project.write(
      'src/hooks.ts',
      `import { endpoint } from 'gatehouse-auth' // a value, which needs the Workers' runtime
       export const hooks = { extraUserFields: { initials: () => endpoint.name } }`,
    )
    project.write('src/openapi.ts', ownPart)
    project.edit('wrangler.toml', '# LOGIN_FIELD', 'LOGIN_FIELD')

    const { status, output } = await project.run('openapi', '--var', 'URL_PREFIX:/api/v1')

    assert.equal(status, 0, output)
    const { servers, paths, components, tags } = JSON.parse(output)
    assert.deepEqual(servers, [{ url: 'http://localhost:8787/api/v1' }])
    assert.ok('/dev/mailbox/' in paths, 'without PUBLIC_URL it is the document of development')
    const user = JSON.stringify(components.schemas.User)
    for (const name of ['username', 'company', 'initials']) assert.ok(user.includes(name), name)
    assert.equal(paths['/hello/'].get.operationId, 'hello')
    assert.deepEqual(Object.keys(paths['/auth/users/me/']), ['get', 'put', 'patch', 'delete'])
    assert.equal(paths['/auth/users/me/'].get.summary, 'Ours')
    assert.ok('Hello' in components.schemas && 'User' in components.schemas)
    assert.equal(tags.at(-1).name, 'Greetings')
  })

  test('--out writes a file, with the settings of an environment and the hooks of the Worker itself', async () => {
    const project = await newDeployersProject()
    const origin = 'https://auth.staging.example.com'
    rmSync(project.file('src/hooks.ts'))
    project.edit(
      'src/index.ts',
      "import { hooks } from './hooks.ts'",
      "const hooks = { extraUserFields: { initials: () => '' } }",
    )
    project.edit(
      'wrangler.toml',
      '[env.staging.vars]',
      `[env.staging.vars]\nREGISTER = true\nPUBLIC_URL = "${origin}"`,
    )

    const options = ['--env', 'staging', '--out', 'api.json']
    const { status, output } = await project.run('openapi', ...options)

    assert.deepEqual([status, output], [0, ''])
    const { paths, components, servers } = JSON.parse(project.read('api.json'))
    assert.deepEqual(servers, [{ url: origin }])
    assert.ok(!('/dev/mailbox/' in paths), 'it is the document of production')
    assert.ok('/register/' in paths)
    assert.ok('initials' in components.schemas.User.properties)
  })

  test('says why it cannot load the hooks, or merge the own part', async () => {
    const project = await newDeployersProject()
    project.edit('package.json', '"scripts"', '"gatehouse": { "hooks": "hooks.js" }, "scripts"')
    const missing = await project.run('openapi')
    project.write('hooks.js', 'export const hooks = nothing')
    const broken = await project.run('openapi')
    project.write('hooks.js', 'export const hooks = {}')
    project.write('src/openapi.ts', 'export const paths = {}')
    const empty = await project.run('openapi')
    project.write('src/openapi.ts', "export default { paths: { '/auth/users/{pk}/': {} } }")
    const same = await project.run('openapi')

    assert.match(missing.output, /^There is no hooks\.js, which package\.json names/)
    assert.match(broken.output, /^Node cannot load hooks\.js, .*: nothing is not defined$/m)
    assert.match(empty.output, /^src\/openapi\.ts must export openapi/)
    assert.match(same.output, /\{pk\}\/ is our path \/auth\/users\/\{id\}\/\. Name its parameters/)
    for (const { status } of [missing, broken, empty, same]) assert.equal(status, 1)
  })

  test('in this repository it needs no secrets, and reports wrong settings', async () => {
    const project = newProject()
    const { status } = await project.run('openapi', ['-o', 'openapi.json'])
    const wrong = await project.run('openapi', ['--var', 'REGISTER:perhaps'])

    assert.equal(status, 0)
    assert.equal(JSON.parse(readFileSync(project.file('openapi.json'), 'utf8')).openapi, '3.1.0')
    assert.equal(wrong.status, 1)
    assert.match(wrong.output, /^REGISTER is "perhaps"/)
  })
})

const ownPart = `
  export const openapi = {
    tags: [{ name: 'Greetings' }],
    paths: {
      '/hello/': { get: { operationId: 'hello', tags: ['Greetings'], responses: {} } },
      '/auth/users/me/': { get: { operationId: 'me', summary: 'Ours', responses: {} } },
    },
    components: { schemas: { Hello: { type: 'string' } } },
  }`
