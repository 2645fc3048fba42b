// Code that sign-ups, logins and users call. Import only types from 'gatehouse-auth': the command `gatehouse` reads this file in Node.

import type { Hooks } from 'gatehouse-auth'

export const hooks: Hooks = {
  // A claim of every token: `claims: { role: (user) => user.role },`. Also canAuthenticate, loginResponse, extraUserFields,
  // beforeSignUp, onLoginSuccess, onLoginFailure.
}
