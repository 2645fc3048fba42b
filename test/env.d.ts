declare namespace Cloudflare {
  interface Env {
    DB: D1Database
    ASSETS: Fetcher
    RATE_LIMITER: RateLimit
    MAIL_RATE_LIMITER: RateLimit
    CALLER_RATE_LIMITER: RateLimit
    TOKEN_RATE_LIMITER: RateLimit
    SECRET_KEY: string
    EMAIL_CHANGE_CONFIRMATION: boolean
    SIGNING_KEY: string
    /** Of test/model. */
    MODEL_RUNS: string
    MODEL_SEED: string
    TEST_MIGRATIONS: import('cloudflare:test').D1Migration[]
  }
}
