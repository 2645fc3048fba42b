/** Why there is no migration, as sentences for the deployer. */
export class MigrationError extends Error {}
