// Reasons, fields and bodies that several entries share.

export const answer = ['status', 'body', 'content-type']
export const everything = [...answer, 'allow', 'vary', 'www-authenticate']
export const never5xx = 'a client error is never answered with a 5xx'
export const missingUser = 'a refresh requires a user that exists'
export const invalidUid = { uid: ["Invalid user id or user doesn't exist."] }
export const invalidToken = { token: ['Invalid token for given user.'] }
export const notFound = { detail: 'Not found.' }
