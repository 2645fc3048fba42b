export default defineEventHandler(async (event) => {
  const { email, password } = await readBody(event)
  const auth = authFor(event)
  const { error } = await auth.login({ email, password })
  if (error) throw errorFor(error)
  const { data: user } = await auth.me()
  return user // never the tokens
})
