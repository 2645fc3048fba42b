import Link from 'next/link'
import { logIn } from '../actions.ts'
import { Form } from '../Form.tsx'

export default function LogInPage() {
  return (
    <>
      <h1>Log in</h1>
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
        action={logIn}
      />
      <p>
        No account yet? <Link href="/signup">Sign up</Link>
      </p>
    </>
  )
}
