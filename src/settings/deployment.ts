// Where the Worker is, and its own secrets.

import type { Reader } from './env.ts'
import { urlPrefix } from './urls.ts'

export const deploymentSettings = (read: Reader) => ({
  development:
    /**
     * In `development` plain http is allowed, `SIGNING_KEY` may be short and hashes cheap. Without `RESEND_API_KEY` mail is then
     * stored and not sent.
     * @django ours
     */
    read.choice('ENVIRONMENT', ['production', 'development'], 'production') === 'development',
  /**
   * The origin that clients use. Links in mail, `next` and `previous` are made from it, and never from a request.
   * @django ours
   */
  publicUrl: read.origin('PUBLIC_URL'),
  urlPrefix: urlPrefix(read),
  /**
   * The page of your app that Gatehouse's pages and emails lead to. Empty: none. In production it must be https.
   * @django ours
   */
  appUrl: read.pageUrl('APP_URL'),
  /** How long Gatehouse waits for an answer of D1, twice at most; then it answers 503. @django ours */
  d1Timeout: read.duration('D1_TIMEOUT', 5),
  /**
   * Whether users read their own data, and logins compare the password, at the nearest replica of the database:
   * [how](deploying.md#read-at-the-nearest-replica).
   * @django ours
   */
  d1ReadReplication: read.boolean('D1_READ_REPLICATION', false),
  /**
   * Writes a line to the log for each request, in production: [what it holds](operating.md#the-line-of-a-request). Each line
   * counts as one event of Workers Logs.
   * @django ours
   */
  accessLog: read.boolean('ACCESS_LOG', false),
  /** Signs the links in mail; all keys but those of JWTs are derived from it. @django same */
  secretKey: read.secret('SECRET_KEY', 32),
  /**
   * Former values of `SECRET_KEY`. The links, authtoken keys and revoke claims that were made with them are still valid.
   * @django same
   */
  secretKeyFallbacks: read.secrets('SECRET_KEY_FALLBACKS', 32),
  /** The secret of each server that logs users in and names their addresses: [how](servers-as-clients.md). @django ours */
  trustedServerSecrets: read.secrets('TRUSTED_SERVER_SECRET', 32),
})
