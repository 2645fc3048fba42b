// The client: one for the whole app.

import { createClient } from 'gatehouse-auth/client'

export const auth = createClient({
  url: import.meta.env.VITE_AUTH_URL ?? 'http://localhost:8787',
  storage: import.meta.env.VITE_AUTH_STORAGE ?? 'local', // or 'cookies', with AUTH_COOKIES
})
