// What several entries say: reasons, fields, and bodies of ours.

export const answer = ['status', 'body', 'content-type']
export const everything = [...answer, 'allow', 'vary', 'www-authenticate']
export const never5xx = 'never a 5xx for what a client sent'
export const userGone = 'who is gone cannot refresh'
export const invalidUid = { uid: ["Invalid user id or user doesn't exist."] }
export const invalidToken = { token: ['Invalid token for given user.'] }
export const notFound = { detail: 'Not found.' }
