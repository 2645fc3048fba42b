// `gatehouse-auth/client`: the client for front ends.

export type { Fetch } from './authorized-fetch.ts'
export { type AuthClient, type ClientOptions, createClient } from './client.ts'
export { type ErrorsByField, GatehouseError } from './errors.ts'
export type { ClientSession, Tokens } from './session.ts'
export type { paths } from './standard.ts'
export type { SessionStorage } from './storage.ts'
export type { BodyOf, DataOf, OperationAt, Result } from './types.ts'
