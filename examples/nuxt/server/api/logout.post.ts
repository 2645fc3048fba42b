export default defineEventHandler(async (event) => {
  await authFor(event).logout()
})
