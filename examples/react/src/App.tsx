import { useState, useSyncExternalStore } from 'react'
import { Account } from './Account.tsx'
import { auth } from './auth.ts'
import { LogIn } from './LogIn.tsx'
import { SignUp } from './SignUp.tsx'

export default function App() {
  // Undefined when the user has logged out, in this tab or another, and when the session has ended.
  const session = useSyncExternalStore(auth.onChange, auth.session)
  const [wasLoggedIn, setWasLoggedIn] = useState(false)
  const [isNew, setNew] = useState(false)
  if (session && !wasLoggedIn) setWasLoggedIn(true)

  if (session) return <Account />
  if (isNew) return <SignUp onLogIn={() => setNew(false)} />
  return <LogIn wasLoggedIn={wasLoggedIn} onSignUp={() => setNew(true)} />
}
