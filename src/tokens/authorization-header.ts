// Reads a token from a header as Simple JWT does. Schemes are case-sensitive. A header with another scheme is ignored.

/** @returns the token; `malformedHeader` if it is not exactly one; undefined without one of the schemes */
export function tokenFromHeader(header: string | undefined, schemes: string[]) {
  const [scheme, token, ...rest] = header?.trim().split(/\s+/) ?? []
  if (scheme === undefined || !schemes.includes(scheme)) return undefined
  return token === undefined || rest.length > 0 ? malformedHeader : { token }
}

/** Simple JWT's message for a scheme without a token, or with several. */
export const malformedHeader = 'Authorization header must contain two space-delimited values'
