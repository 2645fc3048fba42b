// REST framework's errors as typed values.

/** The sentences about each field of a body. */
export type ErrorsByField<Body> = { [Field in FieldOf<Body>]?: string[] }

/** The names of every member of a union. */
type FieldOf<Body> = Body extends unknown ? Extract<keyof Body, string> : never

/**
 * An answer that is no success, or no answer at all. Its message is the first sentence of the server.
 * @template Body the body of the request, whose names `fields` has; without it, `fields` may have any name
 */
export class GatehouseError<Body = Record<string, unknown>> extends Error {
  override readonly name = 'GatehouseError'
  /** 0 if no answer came. */
  readonly status: number
  /** By field of the request's body: what is wrong with it. */
  readonly fields: ErrorsByField<Body>
  /** What is wrong with the body as a whole. */
  readonly nonFieldErrors: string[]
  /** The sentence of an error that is not about the body. */
  readonly detail: string | undefined
  /** Simple JWT's code, such as `token_not_valid`. */
  readonly code: string | undefined
  /** Seconds until the server accepts another attempt. */
  readonly retryAfter: number | undefined
  /** The answer's body as it came. */
  readonly body: unknown

  constructor({ status, body, retryAfter, cause, nonFieldErrorsKey }: ErrorParts) {
    const { detail, code, ...others } = partsOf(body, nonFieldErrorsKey)
    const [first] = [...others.nonFieldErrors, ...Object.values(others.fields).flat()]
    super(
      detail ?? first ?? (cause instanceof Error ? cause.message : `HTTP ${status}`),
      cause === undefined ? {} : { cause },
    )
    this.status = status
    this.fields = others.fields as ErrorsByField<Body>
    this.nonFieldErrors = others.nonFieldErrors
    this.detail = detail
    this.code = code
    this.retryAfter = retryAfter ?? (status === 429 ? numberIn(detail) : undefined)
    this.body = body
  }
}

interface ErrorParts {
  status: number
  body?: unknown
  retryAfter?: number | undefined
  cause?: unknown
  nonFieldErrorsKey?: string | undefined
}

/** The error of a response. */
export async function errorFrom(
  response: Response,
  nonFieldErrorsKey: string | undefined,
): Promise<GatehouseError> {
  const { status, headers } = response
  const seconds = Number(headers.get('retry-after') ?? Number.NaN)
  const retryAfter = Number.isFinite(seconds) ? seconds : undefined
  try {
    return new GatehouseError({
      status,
      body: await bodyOf(response),
      retryAfter,
      nonFieldErrorsKey,
    })
  } catch (cause) {
    return new GatehouseError({ status, retryAfter, cause })
  }
}

/** The JSON of an answer, or its text. @returns undefined for an empty body */
export async function bodyOf(response: Response): Promise<unknown> {
  const text = await response.text()
  if (text === '') return undefined
  return response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text
}

/** The parts of a body of REST framework. Djoser also answers a bare list of sentences. */
function partsOf(body: unknown, nonFieldErrorsKey = 'non_field_errors') {
  if (!isObject(body))
    return { fields: {}, nonFieldErrors: Array.isArray(body) ? sentences(body) : [] }
  const { [nonFieldErrorsKey]: nonField, ...others } = body
  const [detail, code] = [textIn(others, 'detail'), textIn(others, 'code')]
  const names = Object.keys(others).filter(
    (name) => detail === undefined || !['detail', 'code', 'messages'].includes(name),
  )
  const fields = Object.fromEntries(names.map((name) => [name, sentences(others[name])]))
  return { detail, code, fields, nonFieldErrors: sentences(nonField) }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function textIn(body: Record<string, unknown>, name: string): string | undefined {
  const value = body[name]
  return typeof value === 'string' ? value : undefined
}

/** All texts in a value. REST framework nests the errors of a list's items. */
function sentences(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(sentences) : []
}

/** Pages of other origins cannot read `Retry-After`, unless CORS_EXPOSE_HEADERS names it. The sentence has it too. */
function numberIn(detail: string | undefined): number | undefined {
  const [digits] = /\d+/.exec(detail ?? '') ?? []
  return digits === undefined ? undefined : Number(digits)
}
