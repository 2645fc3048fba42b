import Link from 'next/link'
import { signUp } from '../actions.ts'
import { Form } from '../Form.tsx'

export default function SignUpPage() {
  return (
    <>
      <h1>Sign up</h1>
      <Form
        fields={[
          { name: 'first_name', label: 'First name', autoComplete: 'given-name' },
          { name: 'last_name', label: 'Last name', autoComplete: 'family-name' },
          { name: 'email', label: 'Email address', type: 'email', autoComplete: 'username' },
          { name: 'password', label: 'Password', type: 'password', autoComplete: 'new-password' },
        ]}
        button="Sign up"
        action={signUp}
      />
      <p>
        You have an account? <Link href="/login">Log in</Link>
      </p>
    </>
  )
}
