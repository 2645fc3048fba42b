// Auth.js keeps Gatehouse's session in its own encrypted cookie, and renews it.

import NextAuth, { CredentialsSignin } from 'next-auth'
import Credentials from 'next-auth/providers/credentials'
import { clientWith, type Holder } from './lib/gatehouse.ts'

declare module 'next-auth' {
  interface User extends Holder {}
}
declare module '@auth/core/jwt' {
  interface JWT extends Holder {}
}

export const { handlers, auth, signIn, signOut } = NextAuth({
  pages: { signIn: '/login' },
  session: { maxAge: 24 * 60 * 60 }, // REFRESH_TOKEN_LIFETIME
  providers: [
    Credentials({
      credentials: { email: {}, password: {} },
      async authorize({ email, password }, request) {
        const user: Holder = {}
        const gatehouse = clientWith(user, request.headers)
        const { error } = await gatehouse.login({
          email: String(email),
          password: String(password),
        })
        if (error) throw new Refused(error.message)
        return user
      },
    }),
  ],
  callbacks: {
    // Runs in proxy.ts, and again for each call of `auth()` in a page. Each of them may refresh: all get the same tokens, as
    // long as Gatehouse's REFRESH_TOKEN_REUSE_INTERVAL lasts. proxy.ts alone can keep them.
    async jwt({ token, user }) {
      if (user) token.gatehouse = user.gatehouse
      // After a failure the session stays: only a refused refresh token ends it.
      await clientWith(token).accessToken({ validFor: 60 })
      return token.gatehouse ? token : null
    },
  },
  events: {
    async signOut(message) {
      if ('token' in message && message.token) await clientWith(message.token).logout()
    },
  },
})

/** Its code is the sentence that the form shows. */
class Refused extends CredentialsSignin {
  constructor(sentence: string) {
    super(sentence)
    this.code = sentence
  }
}
