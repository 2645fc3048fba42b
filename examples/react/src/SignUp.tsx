import { useState } from 'react'
import { auth } from './auth.ts'
import { Form } from './Form.tsx'

export function SignUp({ onLogIn }: { onLogIn: () => void }) {
  const [address, setAddress] = useState<string>()

  return (
    <main>
      <h1>{address ? 'Check your email' : 'Sign up'}</h1>
      {address ? (
        <p role="status">We have sent a link to {address}. Follow it to activate your account.</p>
      ) : (
        <Form
          fields={[
            { name: 'first_name', label: 'First name', autoComplete: 'given-name' },
            { name: 'last_name', label: 'Last name', autoComplete: 'family-name' },
            { name: 'email', label: 'Email address', type: 'email', autoComplete: 'username' },
            { name: 'password', label: 'Password', type: 'password', autoComplete: 'new-password' },
          ]}
          button="Sign up"
          send={async (account) => {
            const result = await auth.signUp(account)
            if (result.data) setAddress(account.email)
            return result
          }}
        />
      )}
      <p>
        {address ? 'Activated?' : 'You have an account?'}{' '}
        <button type="button" className="link" onClick={onLogIn}>
          Log in
        </button>
      </p>
    </main>
  )
}
