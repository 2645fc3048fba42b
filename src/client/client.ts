// The client of a front end: it logs in, keeps the session, and adds it to requests.

import { newAccessToken } from './access-token.ts'
import { type Fetch, newAuthorizedFetch } from './authorized-fetch.ts'
import { type Dialect, simpleJwt } from './dialect.ts'
import { newLogin } from './login.ts'
import { newRefresh } from './refresh.ts'
import { newRequest } from './request.ts'
import type { ClientSession, Tokens } from './session.ts'
import type { paths } from './standard.ts'
import { localStorageOrMemory, memoryStorage, type SessionStorage } from './storage.ts'
import { newStore, type SessionListener } from './store.ts'
import { isBrowser } from './tabs.ts'
import { cookieTransport, headerTransport } from './transport.ts'
import type {
  BodyOf,
  FetchOptions,
  HttpMethod,
  OperationAt,
  OperationResult,
  OptionsArgument,
  Outcome,
  PathWith,
} from './types.ts'
import { absoluteUrl, originOf } from './urls.ts'

type JwtLoginPath = '/auth/jwt/create/' | '/api/token/'

export interface ClientOptions {
  /** The API's URL, with its URL_PREFIX: `https://auth.example.com`. A path is one of the page's own origin. */
  url: string
  /**
   * Where the session is kept. `memory`, the default: until the page is closed. `local`: in `localStorage`, for all tabs.
   * `cookies`: in cookies that no script can read (AUTH_COOKIES). Or a storage of your own.
   */
  storage?: 'memory' | 'local' | 'cookies' | SessionStorage
  /** Other origins that get the access token: `https://books.example.com`. Cookies go to the API alone. */
  origins?: string[]
  /** `/api/token/` for a deployment without the route group `jwt`. */
  loginPath?: JwtLoginPath
  /** One of AUTH_HEADER_TYPES. */
  authHeaderType?: string
  /** NON_FIELD_ERRORS_KEY of the deployment. */
  nonFieldErrorsKey?: string
  /** In place of the global `fetch`. */
  fetch?: Fetch
}

/** The operations of a login that a deployment has. */
type Login<Paths, LoginPath> = LoginPath extends unknown
  ? OperationAt<Paths, LoginPath, 'post'>
  : never
type SignUp<Paths> = OperationAt<Paths, '/auth/users/', 'post'>
type Me<Paths> = OperationAt<Paths, '/auth/users/me/', 'get'>

type Call<Paths, Method extends HttpMethod> = <Path extends PathWith<Paths, Method>>(
  path: Path,
  ...options: OptionsArgument<OperationAt<Paths, Path, Method>>
) => Promise<OperationResult<OperationAt<Paths, Path, Method>>>

/**
 * @template Paths the `paths` that openapi-typescript makes of the deployment's document
 * @template LoginPath the paths at which a user may log in
 */
export interface AuthClient<Paths, LoginPath = JwtLoginPath> {
  /** Logs in, and keeps the session. */
  login(
    body: BodyOf<Login<Paths, LoginPath>>,
    options?: FetchOptions,
  ): Promise<OperationResult<Login<Paths, LoginPath>>>
  /** Ends the session here, even if the request fails, and at the server. */
  logout(): Promise<Outcome<undefined>>
  /** Creates an account. Most deployments then send an email, and the user logs in after they followed its link. */
  signUp(
    body: BodyOf<SignUp<Paths>>,
    options?: FetchOptions,
  ): Promise<OperationResult<SignUp<Paths>>>
  /** The user that is logged in. */
  me(options?: FetchOptions): Promise<OperationResult<Me<Paths>>>

  /**
   * The login that this client knows of, without a request. With an asynchronous storage it is undefined until `ready()`
   * has resolved.
   */
  session(): ClientSession | undefined
  /** Reads the storage. */
  ready(): Promise<ClientSession | undefined>
  /** Calls the listener when the session changes: a login, a logout, other claims, in any tab; and when it was read. @returns a function that removes it */
  onChange(listener: SessionListener): () => void
  /** Starts a session with tokens that came by another way than `login`. */
  setSession(tokens: Tokens): Promise<void>
  /**
   * The access token, renewed if it expires soon: for a WebSocket, another library, or a server before it renders a page.
   * With cookies there is none to read.
   * @param options `validFor`: seconds for which it must be valid
   */
  accessToken(options?: { validFor?: number }): Promise<Outcome<string>>
  /** Renews the access token now. With cookies, it also finds a login that another page made. */
  refresh(): Promise<Outcome<ClientSession>>

  /**
   * `fetch` with the access token, for the API and for `origins`. A path is one of the API. It throws as `fetch` does if no
   * answer comes.
   */
  fetch: Fetch
  GET: Call<Paths, 'get'>
  POST: Call<Paths, 'post'>
  PUT: Call<Paths, 'put'>
  PATCH: Call<Paths, 'patch'>
  DELETE: Call<Paths, 'delete'>
}

export function createClient<Paths extends object = paths>(
  options: ClientOptions,
): AuthClient<Paths> {
  return newClient(options, simpleJwt(options.loginPath ?? '/auth/jwt/create/'))
}

/** The client of any kind of tokens. */
export function newClient<Paths, LoginPath>(
  options: Omit<ClientOptions, 'loginPath'>,
  dialect: Dialect,
): AuthClient<Paths, LoginPath> {
  const { storage = 'memory', authHeaderType = 'Bearer' } = options
  const transport = storage === 'cookies' ? cookieTransport : headerTransport(authHeaderType)
  const base = absoluteUrl(options.url)
  const key = `gatehouse.${base.replace(/^https?:\/\//, '').replaceAll(/[^\w.-]+/g, '_')}`
  const isShared = storage !== 'memory' && isBrowser()
  const store = newStore(storageNamed(storage), key, isShared)

  const send: Fetch = (input, init) => (options.fetch ?? globalThis.fetch)(input, init)
  const sendForTokens: Fetch = (input, init) => send(input, transport.forTokens(init))
  const { login, exchange, logout } = newLogin({
    ...{ store, transport, dialect },
    request: newRequest(base, sendForTokens, options.nonFieldErrorsKey),
  })
  const refresh = newRefresh(store, exchange, isShared ? key : undefined)
  const authorizedFetch = newAuthorizedFetch({
    ...{ base, send, store, refresh, transport },
    origins: [originOf(base), ...(transport.hidesTokens ? [] : (options.origins ?? []))],
  })
  const request = newRequest(base, authorizedFetch, options.nonFieldErrorsKey)

  const { accessToken, refreshNow } = newAccessToken({ store, refresh, ...transport })

  const call = (method: string) => (path: string, more: object) => request(method, path, more)
  const client = {
    ...{ login, logout, accessToken, refresh: refreshNow, fetch: authorizedFetch },
    signUp: (body: unknown, more: object) => request('POST', '/auth/users/', { ...more, body }),
    me: (more: object) => request('GET', '/auth/users/me/', more),
    session: store.peek,
    ready: () => store.read().then(store.peek),
    onChange: store.onChange,
    setSession: (tokens: Tokens) => store.write(transport.newSession(tokens, Date.now())),
    ...{ GET: call('GET'), POST: call('POST'), PUT: call('PUT'), PATCH: call('PATCH') },
    DELETE: call('DELETE'),
  }
  // The document says what each operation takes and answers. No code checks it here.
  return client as unknown as AuthClient<Paths, LoginPath>
}

function storageNamed(storage: NonNullable<ClientOptions['storage']>): SessionStorage {
  if (storage === 'memory') return memoryStorage()
  if (storage === 'local' || storage === 'cookies') return localStorageOrMemory()
  // The types allow no other text, but an environment variable may hold one. Tokens must not end up in `localStorage` by it.
  if (typeof storage === 'object') return storage
  throw new Error(
    "storage must be 'memory', 'local', 'cookies' or an object with get, set and remove.",
  )
}
