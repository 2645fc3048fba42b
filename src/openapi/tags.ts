// The groups of operations, in the order in which the reference shows them.

export const tags = {
  JWT: 'Log in with a pair of tokens, refresh it and log out, at the paths of Djoser.',
  Users: 'Sign up, and read, change and delete accounts (Djoser).',
  Activation: 'Confirm a new account by the mailed link (Djoser).',
  Passwords: 'Change the password, or reset it by a mailed link (Djoser).',
  'Login name': 'Change the email or username that a user logs in with (Djoser).',
  Sessions: "A user's logins, and how to end them.",
  'Security events': 'What happened to an account.',
  Staff: 'Disable accounts, and enable them again.',
  'Simple JWT': 'The same pair of tokens, at the paths of the documentation of Simple JWT.',
  'Sliding tokens': 'One token in place of a pair (Simple JWT).',
  Authtoken: 'Log in with a key that is valid until logout (REST framework, Djoser).',
  'drf-jwt': 'One token that is exchanged before it expires (djangorestframework-jwt and drf-jwt).',
  Deployment: 'What is served here, its public keys, and whether it is up.',
  Pages: 'HTML pages that the links in emails lead to.',
  Tutorial: 'Endpoints of tutorials.',
} as const

export type Tag = keyof typeof tags
