// The client: one for the whole app. The device keeps the tokens in its keychain.

import { deleteItemAsync, getItemAsync, setItemAsync } from 'expo-secure-store'
import { createClient } from 'gatehouse-auth/client'

export const auth = createClient({
  url: process.env.EXPO_PUBLIC_AUTH_URL ?? 'http://localhost:8787',
  storage: { get: getItemAsync, set: setItemAsync, remove: deleteItemAsync },
})
