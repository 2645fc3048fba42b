import { useEffect, useState, useSyncExternalStore } from 'react'
import { ActivityIndicator, ScrollView } from 'react-native'
import { Account } from './Account.tsx'
import { auth } from './auth.ts'
import { LogIn } from './LogIn.tsx'
import { SignUp } from './SignUp.tsx'
import { useStyles } from './styles.ts'

export function App() {
  const session = useSyncExternalStore(auth.onChange, auth.session)
  const [isReady, setReady] = useState(false)
  const [isNew, setNew] = useState(false)
  const styles = useStyles()

  // The keychain answers later, so the first picture is neither the account nor the login.
  useEffect(() => {
    auth.ready().then(() => setReady(true))
  }, [])

  return (
    <ScrollView
      style={styles.page}
      contentContainerStyle={styles.content}
      keyboardShouldPersistTaps="handled"
    >
      {!isReady ? (
        <ActivityIndicator />
      ) : session ? (
        <Account />
      ) : isNew ? (
        <SignUp onLogIn={() => setNew(false)} />
      ) : (
        <LogIn onSignUp={() => setNew(true)} />
      )}
    </ScrollView>
  )
}
