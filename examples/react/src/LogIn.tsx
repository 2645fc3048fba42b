import { auth } from './auth.ts'
import { Form } from './Form.tsx'

interface Props {
  wasLoggedIn: boolean
  onSignUp: () => void
}

export function LogIn({ wasLoggedIn, onSignUp }: Props) {
  return (
    <main>
      <h1>Log in</h1>
      {wasLoggedIn && <p role="status">You have been logged out.</p>}
      <Form
        fields={[
          { name: 'email', label: 'Email address', type: 'email', autoComplete: 'username' },
          {
            name: 'password',
            label: 'Password',
            type: 'password',
            autoComplete: 'current-password',
          },
        ]}
        button="Log in"
        send={({ email, password }) => auth.login({ email, password })}
      />
      <p>
        No account yet?{' '}
        <button type="button" className="link" onClick={onSignUp}>
          Sign up
        </button>
      </p>
    </main>
  )
}
