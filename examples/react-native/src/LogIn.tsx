import { Text } from 'react-native'
import { auth } from './auth.ts'
import { Button } from './Button.tsx'
import { Form } from './Form.tsx'
import { useStyles } from './styles.ts'

export function LogIn({ onSignUp }: { onSignUp: () => void }) {
  const styles = useStyles()
  return (
    <>
      <Text style={styles.heading} role="heading">
        Log in
      </Text>
      <Form
        fields={[
          { name: 'email', label: 'Email address', autoComplete: 'email' },
          { name: 'password', label: 'Password', autoComplete: 'current-password' },
        ]}
        button="Log in"
        send={({ email, password }) => auth.login({ email, password })}
      />
      <Button isPlain label="No account yet? Sign up" onPress={onSignUp} />
    </>
  )
}
