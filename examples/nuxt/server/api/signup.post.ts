export default defineEventHandler(async (event) => {
  const { data: user, error } = await authFor(event).signUp(await readBody(event))
  if (error) throw errorFor(error)
  return user
})
