// The pages that links in mail lead to. What is in the link travels on in hidden fields, and only the
// button acts: programs that read mail follow links, but press no buttons.

import { Layout } from './layout.tsx'

interface ActivateProps {
  siteName: string
  uid: string
  token: string
}

export function ActivatePage({ siteName, uid, token }: ActivateProps) {
  return (
    <Layout title="Activate your account" siteName={siteName}>
      <h1>Activate your account</h1>
      <p>One step is left: confirm that this account is yours, and you can log in.</p>
      <form method="post" action="/activate/">
        <Link uid={uid} token={token} />
        <button type="submit">Activate account</button>
      </form>
    </Layout>
  )
}

export function ChangeEmailPage({ siteName, uid, token }: ActivateProps) {
  return (
    <Layout title="Confirm your new address" siteName={siteName}>
      <h1>Confirm your new address</h1>
      <p>One step is left: confirm that this address is yours. From then on you log in with it.</p>
      <form method="post" action="/change-email/">
        <Link uid={uid} token={token} />
        <button type="submit">Confirm address</button>
      </form>
    </Layout>
  )
}

interface ResetPasswordProps {
  siteName: string
  uid: string
  token: string
  problems?: string[]
}

export function ResetPasswordPage({ siteName, uid, token, problems = [] }: ResetPasswordProps) {
  const refused = problems.length > 0
  const marks = refused ? { 'aria-invalid': 'true', 'aria-describedby': 'problems' } : {}
  return (
    <Layout title="Choose a new password" siteName={siteName}>
      <h1>Choose a new password</h1>
      <Problems of={problems} />
      <p>It replaces the old one, and whoever is logged in to your account is logged out.</p>
      <form method="post" action="/reset-password/">
        <Link uid={uid} token={token} />
        <label for="new_password">New password</label>
        <Password name="new_password" autofocus={refused} {...marks} />
        <label for="re_new_password">New password, once more</label>
        <Password name="re_new_password" {...marks} />
        <button type="submit">Change password</button>
      </form>
    </Layout>
  )
}

interface ResetUsernameProps {
  siteName: string
  uid: string
  token: string
  /** What people log in with. */
  field: 'email' | 'username'
  name?: string
  problems?: string[]
}

export function ResetUsernamePage(props: ResetUsernameProps) {
  const { siteName, uid, token, field, name = '', problems = [] } = props
  const refused = problems.length > 0
  const marks = refused ? { 'aria-invalid': 'true', 'aria-describedby': 'problems' } : {}
  const what = field === 'email' ? 'e-mail address' : 'username'
  return (
    <Layout title={`Choose a new ${what}`} siteName={siteName}>
      <Headline>{`Choose a new ${what}`}</Headline>
      <Problems of={problems} />
      <p>It replaces the old one: from then on you log in with it.</p>
      <form method="post" action="/reset-username/">
        <Link uid={uid} token={token} />
        <label for="new_name">New {what}</label>
        <input
          type={field === 'email' ? 'email' : 'text'}
          id="new_name"
          name="new_name"
          value={name}
          autocomplete={field}
          autocapitalize="none"
          required
          autofocus={refused}
          {...marks}
        />
        <button type="submit">Change {what}</button>
      </form>
    </Layout>
  )
}

interface ResultProps {
  siteName: string
  title: string
  text: string
  good: boolean
}

export function ResultPage({ siteName, title, text, good }: ResultProps) {
  return (
    <Layout title={title} siteName={siteName}>
      <div class={good ? 'mark good' : 'mark bad'}>
        <svg viewBox="0 0 24 24" aria-hidden="true">
          <path d={good ? 'M5 13l4.5 4.5L19 7.5' : 'M12 5v8.5M12 18.5v.01'} />
        </svg>
      </div>
      <div role={good ? 'status' : 'alert'}>
        <Headline>{title}</Headline>
        <p class="last">{text}</p>
      </div>
    </Layout>
  )
}

/** A headline in which no line ends at the hyphen of "e-mail". */
function Headline({ children }: { children: string }) {
  const parts = children.split(/(e-mail)/)
  return <h1>{parts.map((part) => (part === 'e-mail' ? <span>{part}</span> : part))}</h1>
}

function Problems({ of: problems }: { of: string[] }) {
  if (problems.length === 0) return null
  return (
    <div class="problems" id="problems" role="alert">
      {problems.length === 1 ? (
        <p>{problems[0]}</p>
      ) : (
        <ul>
          {problems.map((problem) => (
            <li>{problem}</li>
          ))}
        </ul>
      )}
    </div>
  )
}

function Link({ uid, token }: { uid: string; token: string }) {
  return (
    <>
      <input type="hidden" name="uid" value={uid} />
      <input type="hidden" name="token" value={token} />
    </>
  )
}

function Password({ name, ...marks }: { name: string; autofocus?: boolean }) {
  return (
    <input type="password" id={name} name={name} autocomplete="new-password" required {...marks} />
  )
}
