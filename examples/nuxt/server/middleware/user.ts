// Finds the user of a page before it is rendered. Here the cookie with renewed tokens reaches the browser; the cookies of a
// `useFetch` in a page do not.

export default defineEventHandler(async (event) => {
  if (/^\/(api|_)/.test(event.path)) return
  const auth = authFor(event)
  if (!(await auth.ready())) return
  const { data, error } = await auth.me()
  if (error && error.status !== 401) throw errorFor(error)
  event.context.user = data
})
