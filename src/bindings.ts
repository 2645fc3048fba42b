// What wrangler.toml binds: the variables and services of `c.env`, besides the settings.

export interface Env {
  DB: D1Database
  ASSETS: Fetcher
  /** 30 a minute per address. */
  RATE_LIMITER: RateLimit
  /** 5 a minute per address, for requests that create an account or send mail. An earlier wrangler.toml lacks it. */
  MAIL_RATE_LIMITER?: RateLimit
  /** 60 a minute per session or user. An earlier wrangler.toml lacks it. */
  CALLER_RATE_LIMITER?: RateLimit
  /** 300 a minute per address, for requests that only check a token. An earlier wrangler.toml lacks it. */
  TOKEN_RATE_LIMITER?: RateLimit
  /** One data point for each request. Optional. */
  ANALYTICS?: AnalyticsEngineDataset
}
