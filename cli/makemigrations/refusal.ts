/** Why there is no migration, as sentences for the deployer. */
export class Refusal extends Error {}
