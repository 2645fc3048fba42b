// The pages for the links in emails. Hidden fields hold the values of the link. Only the button acts: mail scanners follow
// links, but press no buttons.

import type { Translator } from '../i18n/translations.ts'
import { Layout } from './layout.tsx'
import { replaceable } from './replaceable.tsx'

export const ActivatePage = replaceable('activate', (props) => {
  const { siteName, urlPrefix, uid, token, problems = [] } = props
  const { t, language } = props.speech
  const refused = problems.length > 0
  const marks = refused ? { 'aria-invalid': 'true', 'aria-describedby': 'problems' } : {}
  const title = t`Activate your account`
  return (
    <Layout title={title} siteName={siteName} lang={language}>
      <h1>{title}</h1>
      <Problems of={problems} />
      <p>{t`One step is left: confirm that this account is yours. Then you can log in.`}</p>
      <p class="faint">
        {t`Did another person sign up with your address? Then choose a new password here. To keep the password from sign-up, leave both fields empty.`}
      </p>
      <form method="post" action={`${urlPrefix}/activate/`}>
        <Link uid={uid} token={token} />
        <label for="new_password">{t`New password (optional)`}</label>
        <Password name="new_password" required={false} autofocus={refused} {...marks} />
        <label for="re_new_password">{t`Repeat the new password`}</label>
        <Password name="re_new_password" required={false} {...marks} />
        <button type="submit">{t`Activate account`}</button>
      </form>
    </Layout>
  )
})

export const ChangeEmailPage = replaceable('change_email', (props) => {
  const { siteName, urlPrefix, uid, token, field } = props
  const { t, language } = props.speech
  const title = t`Confirm your new address`
  return (
    <Layout title={title} siteName={siteName} lang={language}>
      <h1>{title}</h1>
      <p>
        {field === 'email'
          ? t`One step is left: confirm that this address is yours. From then on, you log in with it.`
          : t`One step is left: confirm that this address is yours. From then on, it receives the emails about your account.`}
      </p>
      <form method="post" action={`${urlPrefix}/change-email/`}>
        <Link uid={uid} token={token} />
        <button type="submit">{t`Confirm address`}</button>
      </form>
    </Layout>
  )
})

export const ResetPasswordPage = replaceable('reset_password', (props) => {
  const { siteName, urlPrefix, uid, token, problems = [] } = props
  const { t, language } = props.speech
  const refused = problems.length > 0
  const marks = refused ? { 'aria-invalid': 'true', 'aria-describedby': 'problems' } : {}
  const title = t`Choose a new password`
  return (
    <Layout title={title} siteName={siteName} lang={language}>
      <h1>{title}</h1>
      <Problems of={problems} />
      <p>{t`The new password replaces the old one and logs out all devices.`}</p>
      <form method="post" action={`${urlPrefix}/reset-password/`}>
        <Link uid={uid} token={token} />
        <label for="new_password">{t`New password`}</label>
        <Password name="new_password" autofocus={refused} {...marks} />
        <label for="re_new_password">{t`Repeat the new password`}</label>
        <Password name="re_new_password" {...marks} />
        <button type="submit">{t`Change password`}</button>
      </form>
    </Layout>
  )
})

export const ResetUsernamePage = replaceable('reset_username', (props) => {
  const { siteName, urlPrefix, uid, token, field, name = '', problems = [] } = props
  const { t, language } = props.speech
  const byEmail = field === 'email'
  const refused = problems.length > 0
  const marks = refused ? { 'aria-invalid': 'true', 'aria-describedby': 'problems' } : {}
  const title = byEmail ? t`Choose a new email address` : t`Choose a new username`
  return (
    <Layout title={title} siteName={siteName} lang={language}>
      <h1>{title}</h1>
      <Problems of={problems} />
      <p>
        {byEmail
          ? t`The new address replaces the old one. From then on, you log in with it.`
          : t`The new username replaces the old one. From then on, you log in with it.`}
      </p>
      <form method="post" action={`${urlPrefix}/reset-username/`}>
        <Link uid={uid} token={token} />
        <label for="new_name">{byEmail ? t`New email address` : t`New username`}</label>
        <input
          type={byEmail ? 'email' : 'text'}
          id="new_name"
          name="new_name"
          value={name}
          autocomplete={field}
          autocapitalize="none"
          required
          autofocus={refused}
          {...marks}
        />
        <button type="submit">{byEmail ? t`Change email address` : t`Change username`}</button>
      </form>
    </Layout>
  )
})

export const ResultPage = replaceable('result', (props) => {
  const { siteName, speech, title, text, good, appUrl } = props
  return (
    <Layout title={title} siteName={siteName} lang={speech.language}>
      <Mark good={good} />
      <div role={good ? 'status' : 'alert'}>
        <h1>{title}</h1>
        <p class="last">{text}</p>
      </div>
      <AppLink siteName={siteName} appUrl={appUrl} t={speech.t} />
    </Layout>
  )
})

export function Mark({ good }: { good: boolean }) {
  return (
    <div class={good ? 'mark good' : 'mark bad'}>
      <svg viewBox="0 0 24 24" aria-hidden="true">
        <path d={good ? 'M5 13l4.5 4.5L19 7.5' : 'M12 5v8.5M12 18.5v.01'} />
      </svg>
    </div>
  )
}

interface AppLinkProps {
  siteName: string
  appUrl: string
  t: Translator['t']
  /** Shows a plain link, beside a button of the page. */
  plain?: boolean
}

/** The link to the deployer's app, if APP_URL is set. */
export function AppLink({ siteName, appUrl, t, plain = false }: AppLinkProps) {
  if (appUrl === '') return null
  return (
    <a class={plain ? 'button plain' : 'button'} href={appUrl}>
      {t`Continue to ${siteName}`}
    </a>
  )
}

export function Problems({ of: problems }: { of: string[] }) {
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

interface PasswordProps {
  name: string
  required?: boolean
  autofocus?: boolean
}

function Password({ name, required = true, ...marks }: PasswordProps) {
  return (
    <input
      type="password"
      id={name}
      name={name}
      autocomplete="new-password"
      required={required}
      {...marks}
    />
  )
}
