// Replaces in the bundle what Resend's SDK imports to read email and to check webhooks (`[alias]` in wrangler.toml).
// Gatehouse only sends.

const reject = () => {
  throw new Error('Gatehouse sends email, and receives none')
}

/** `postal-mime`'s export. */
export default { parse: reject }

/** `standardwebhooks`' export. */
export class Webhook {
  constructor() {
    reject()
  }
}
