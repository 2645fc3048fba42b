// The types of a request and its answer, from the `paths` that openapi-typescript makes of a deployment's OpenAPI document.

import type { GatehouseError } from './errors.ts'

export type HttpMethod = 'get' | 'post' | 'put' | 'patch' | 'delete'

/** The paths that have an operation of this method. */
export type PathWith<Paths, Method extends HttpMethod> = {
  [Path in keyof Paths]: Paths[Path] extends { [Key in Method]: object } ? Path : never
}[keyof Paths]

export type OperationAt<Paths, Path, Method extends HttpMethod> = Path extends keyof Paths
  ? Paths[Path] extends { [Key in Method]: infer Operation extends object }
    ? Operation
    : never
  : never

/** The JSON body of an operation; `never` if it takes none. */
export type BodyOf<Operation> = Operation extends { requestBody?: infer Body }
  ? JsonIn<NonNullable<Body>>
  : never

/** The data of an operation's success; `undefined` for an answer without a body. */
export type DataOf<Operation> = Operation extends { responses: infer Responses }
  ? {
      [Status in keyof Responses]: Status extends Success ? AnswerIn<Responses[Status]> : never
    }[keyof Responses]
  : never

/**
 * What a method returns. It never throws for an answer of the server, or for a lack of one.
 * @template Body the JSON body of the request, whose names are those of `error.fields`
 */
export type Result<Data, Body = never> =
  | { data: Data; error?: undefined; response: Response }
  | { data?: undefined; error: GatehouseError<Body>; response: Response | undefined }

/** A result that may lack both: there was no session. */
export interface Outcome<Data> {
  data?: Data | undefined
  error?: GatehouseError | undefined
  response: Response | undefined
}

export type OperationResult<Operation> = Result<DataOf<Operation>, BodyOf<Operation>>

/** Options of `fetch`, such as `headers` and `signal`. */
export type FetchOptions = Omit<RequestInit, 'method' | 'body'>

/** As openapi-fetch takes them: `{ params: { path: { id: 1 }, query: { page: 2 } }, body: { … } }`. */
export type RequestOptions<Operation> = FetchOptions &
  ParamsOption<ParamsOf<Operation>> &
  BodyOption<Operation>

/** The options of an operation, which may be left out if all are optional. */
export type OptionsArgument<Operation> =
  Record<never, never> extends RequestOptions<Operation>
    ? [options?: RequestOptions<Operation>]
    : [options: RequestOptions<Operation>]

type Success = 200 | 201 | 202 | 203 | 204 | 205 | 206 | '2XX'

type JsonIn<Part> = Part extends { content: { 'application/json': infer Json } } ? Json : never

type AnswerIn<Answer> = Answer extends { content: infer Content extends object }
  ? Content extends { 'application/json': infer Json }
    ? Json
    : Content[keyof Content]
  : undefined

type ParamsOf<Operation> = Operation extends { parameters: infer Parameters }
  ? {
      [Place in keyof Parameters as Place extends 'path' | 'query'
        ? [NonNullable<Parameters[Place]>] extends [never]
          ? never
          : Place
        : never]: Parameters[Place]
    }
  : Record<never, never>

type ParamsOption<Params> =
  Record<never, never> extends Params ? { params?: Params } : { params: Params }

type BodyOption<Operation> = [BodyOf<Operation>] extends [never]
  ? { body?: never }
  : Operation extends { requestBody: object }
    ? { body: BodyOf<Operation> }
    : { body?: BodyOf<Operation> }
