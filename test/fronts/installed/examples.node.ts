// The examples of front ends, each installed from npm with the tarball of this repository, built, and driven in Chromium.
// ONLY=nuxt runs one of them. TARBALL names a package that is packed already.

import { after, test } from 'node:test'
import { buildPackage } from '../../package/tarball.ts'
import { installExample } from './example.ts'
import { walkOnADevice } from './react-native.ts'
import { startStrictGatehouse, trustedServer, walkThrough } from './server-walk.ts'

const tarball = process.env.TARBALL || (await buildPackage()).gatehouse
const isWanted = (name: string) => !process.env.ONLY || process.env.ONLY === name

/** By example: when the access token is renewed five seconds after a login, and what else its server needs. */
const servers = {
  nextjs: { lifetime: '65s', env: {}, parameters: ['-H', '127.0.0.1'] },
  'next-auth': {
    lifetime: '65s',
    env: { AUTH_SECRET: 'the secret of a test, of no other use', AUTH_TRUST_HOST: 'true' },
    parameters: ['-H', '127.0.0.1'],
  },
  nuxt: { lifetime: '5s', env: {}, parameters: [] },
  bff: { lifetime: '5s', env: {}, parameters: [] },
}

for (const [name, { lifetime, env, parameters }] of Object.entries(servers)) {
  test(`examples/${name} is installed, built and driven`, { skip: !isWanted(name) }, async () => {
    const example = await installExample(name, tarball)
    await example.run(['npm', 'run', 'build'])
    const gatehouse = await startStrictGatehouse(lifetime)
    after(() => gatehouse.stop())
    const url = await example.start(
      {
        ...{ GATEHOUSE_URL: gatehouse.url, NUXT_GATEHOUSE_URL: gatehouse.url },
        ...{ TRUSTED_SERVER_SECRET: trustedServer, NUXT_TRUSTED_SERVER_SECRET: trustedServer },
        ...env,
      },
      ...parameters,
    )
    await walkThrough(url, gatehouse.url)
  })
}

test('examples/react is installed and built', { skip: !isWanted('react') }, async () => {
  const example = await installExample('react', tarball)
  await example.run(['npm', 'run', 'build'])
})

test('examples/react-native is installed and bundled by Metro, and its client runs without a DOM, storage and locks', {
  skip: !isWanted('react-native'),
}, async () => {
  const example = await installExample('react-native', tarball)
  await example.run(['npm', 'run', 'build'])
  const gatehouse = await startStrictGatehouse('5s')
  after(() => gatehouse.stop())
  await walkOnADevice(example, gatehouse.url)
})
