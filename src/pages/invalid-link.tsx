// The page for a link that is not valid any more: why, and how to get a new one.

import type { Translator } from '../i18n/translations.ts'
import type { Purpose } from '../tokens/links.ts'
import { AppLink, Mark, Problems } from './forms.tsx'
import { Layout } from './layout.tsx'
import type { InvalidLinkProps } from './props.ts'
import { replaceable } from './replaceable.tsx'

export const InvalidLinkPage = replaceable('invalid_link', (props) => {
  const { siteName, speech, appUrl, purpose, cause, action } = props
  const { t, language } = speech
  const title = cause ? t`This link does not work` : t`Request a new link`
  return (
    <Layout title={title} siteName={siteName} lang={language}>
      {cause && <Mark good={false} />}
      <h1>{title}</h1>
      {cause && <p>{causeIn(t, cause)}</p>}
      {action ? <NewLinkForm {...props} action={action} /> : <p>{adviceFor(t, purpose)}</p>}
      <AppLink siteName={siteName} appUrl={appUrl} t={t} plain={action !== undefined} />
    </Layout>
  )
})

function NewLinkForm(props: InvalidLinkProps & { action: string }) {
  const { urlPrefix, action, email = '', problems = [] } = props
  const { t } = props.speech
  const isWrong = problems.length > 0
  const marks = isWrong ? { 'aria-invalid': 'true', 'aria-describedby': 'problems' } : {}
  return (
    <form method="post" action={`${urlPrefix}${action}`}>
      <Problems of={problems} />
      <p>{t`Enter your email address, and we will send you a new link.`}</p>
      <label for="email">{t`Email address`}</label>
      <input
        type="email"
        id="email"
        name="email"
        value={email}
        autocomplete="email"
        autocapitalize="none"
        required
        autofocus={isWrong}
        {...marks}
      />
      <button type="submit">{t`Send me a new link`}</button>
    </form>
  )
}

function causeIn(t: Translator['t'], cause: NonNullable<InvalidLinkProps['cause']>): string {
  switch (cause) {
    case 'incomplete':
      return t`Part of it is missing. Copy the whole link from the email.`
    case 'expired':
      return t`It has expired.`
    case 'used':
      return t`It was already used, or the account has changed since we sent it.`
  }
}

/** Where users can request a new link, if our own page cannot send one. */
function adviceFor(t: Translator['t'], purpose: Purpose): string {
  switch (purpose) {
    case 'activation':
      return t`On the login page, request a new link.`
    case 'password_reset':
      return t`On the login page, request a password reset. We will email you a new link.`
    case 'username_reset':
    case 'email_change':
      return t`Please request the change again.`
  }
}
