import { redirect } from 'next/navigation'
import { pageClient } from '../lib/auth.ts'
import { logOut } from './actions.ts'

export default async function AccountPage() {
  const auth = await pageClient()
  const { data: user, error } = await auth.me()
  if (error?.status === 401) redirect('/login')
  if (error) throw error

  return (
    <>
      <h1>Your account</h1>
      <dl>
        <dt>Name</dt>
        <dd>
          {user.first_name} {user.last_name}
        </dd>
        <dt>Email address</dt>
        <dd>{user.email}</dd>
      </dl>
      <form action={logOut}>
        <button type="submit">Log out</button>
      </form>
    </>
  )
}
