import { useEffect, useState } from 'react'
import { auth } from './auth.ts'

type Me = Awaited<ReturnType<typeof auth.me>>

export function Account() {
  const [me, setMe] = useState<Me>()

  useEffect(() => {
    auth.me().then(setMe)
  }, [])

  return (
    <main>
      <h1>Your account</h1>
      {!me && <p>Loading…</p>}
      {me?.error && <p role="alert">{me.error.message}</p>}
      {me?.data && (
        <dl>
          <dt>Name</dt>
          <dd>
            {me.data.first_name} {me.data.last_name}
          </dd>
          <dt>Email address</dt>
          <dd>{me.data.email}</dd>
        </dl>
      )}
      <button type="button" onClick={() => auth.logout()}>
        Log out
      </button>
    </main>
  )
}
