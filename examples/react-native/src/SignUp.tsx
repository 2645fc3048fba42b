import { useState } from 'react'
import { Text } from 'react-native'
import { auth } from './auth.ts'
import { Button } from './Button.tsx'
import { Form } from './Form.tsx'
import { useStyles } from './styles.ts'

export function SignUp({ onLogIn }: { onLogIn: () => void }) {
  const [address, setAddress] = useState<string>()
  const styles = useStyles()

  return (
    <>
      <Text style={styles.heading} role="heading">
        {address ? 'Check your email' : 'Sign up'}
      </Text>
      {address ? (
        <Text style={styles.text} role="status">
          We have sent a link to {address}. Follow it to activate your account.
        </Text>
      ) : (
        <Form
          fields={[
            { name: 'first_name', label: 'First name', autoComplete: 'given-name' },
            { name: 'last_name', label: 'Last name', autoComplete: 'family-name' },
            { name: 'email', label: 'Email address', autoComplete: 'email' },
            { name: 'password', label: 'Password', autoComplete: 'new-password' },
          ]}
          button="Sign up"
          send={async (account) => {
            const result = await auth.signUp(account)
            if (result.data) setAddress(account.email)
            return result
          }}
        />
      )}
      <Button isPlain label="You have an account? Log in" onPress={onLogIn} />
    </>
  )
}
