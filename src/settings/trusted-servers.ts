// The header by which a server of the deployer's proves itself, with a secret of TRUSTED_SERVER_SECRET.

/** `wrangler tail` and Tail Workers show no header whose name contains "secret". */
export const secretHeader = 'x-gatehouse-secret'
