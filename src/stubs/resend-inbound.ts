// Stands in the bundle for what Resend's SDK takes to read mail and to check webhooks (`[alias]` in
// wrangler.toml): Gatehouse only sends.

const refuse = () => {
  throw new Error('mail is sent here, and never received')
}

/** As `postal-mime` exports it. */
export default { parse: refuse }

/** As `standardwebhooks` exports it. */
export class Webhook {
  constructor() {
    refuse()
  }
}
