// A token in a header, as Simple JWT finds it. Schemes are told apart by case; another scheme is somebody
// else's business.

export function tokenFromHeader(header: string | undefined, schemes: string[]) {
  const [scheme, token, ...rest] = header?.trim().split(/\s+/) ?? []
  if (scheme === undefined || !schemes.includes(scheme)) return undefined
  return token === undefined || rest.length > 0 ? malformed : { token }
}

/** What is said of a scheme with no token behind it, or with more than one. */
export const malformed = 'Authorization header must contain two space-delimited values'
