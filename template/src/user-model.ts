// The fields of a user, besides email, username, password and those of Django's `User`. After a change:
// npm run makemigrations

import { defineUserModel, standardFields } from 'gatehouse-auth/user-model'

export const userModel = defineUserModel({
  fields: {
    ...standardFields, // first_name, last_name, role
    // A field is one line: `company: text({ maxLength: 100 }),`. Also choice, integer, real, boolean, dateTime, reference.
  },
  // Django's User.REQUIRED_FIELDS: sign-up requires these, and answers show them.
  requiredFields: ['first_name', 'last_name'],
  greetingName: (user) => user.first_name,
})

// Every function of Gatehouse now knows your fields.
declare module 'gatehouse-auth/user-model' {
  interface Register {
    userModel: typeof userModel
  }
}
