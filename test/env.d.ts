declare namespace Cloudflare {
  interface Env {
    DB: D1Database
    /** The real D1, if `DB` is a stand-in with a replica. */
    PRIMARY?: D1Database
    /** The replica of test/support/replicated.ts. */
    REPLICA: D1Database
    /** The replica of `DB`, with REPLICATED. */
    SUITE_REPLICA: D1Database
    ASSETS: Fetcher
    RATE_LIMITER: RateLimit
    MAIL_RATE_LIMITER: RateLimit
    CALLER_RATE_LIMITER: RateLimit
    TOKEN_RATE_LIMITER: RateLimit
    SECRET_KEY: string
    EMAIL_CHANGE_CONFIRMATION: boolean
    SIGNING_KEY: string
    /** How the replica of all tests lags (test/support/lag.ts); empty without a replica. */
    REPLICATED: string
    REPLICATED_SEED: string
    /** Whether the texts of all answers are kept (test/fakes/answers.ts). */
    RECORD_EXAMPLES: string
    /** Of test/model. */
    MODEL_RUNS: string
    MODEL_SEED: string
    TEST_MIGRATIONS: import('cloudflare:test').D1Migration[]
  }
}
