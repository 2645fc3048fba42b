declare namespace Cloudflare {
  interface Env extends GatehouseEnv {
    TEST_MIGRATIONS: import('cloudflare:test').D1Migration[]
  }
  interface GlobalProps {
    mainModule: typeof import('../src/index.ts')
  }
}

type GatehouseEnv = import('gatehouse-auth').Env
