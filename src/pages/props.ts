// What each of our pages shows.

import type { Child } from 'hono/jsx'
import type { Translator } from '../i18n/translations.ts'
import type { Purpose } from '../tokens/links.ts'

export interface LayoutProps {
  title: string
  siteName: string
  lang?: string
  /** Wider, for a page that shows documents and no form. */
  wide?: boolean
  children?: Child
}

interface CommonProps {
  siteName: string
  speech: Translator
}

/** The values of the link in an email. The page's form sends them again, in hidden fields. */
interface LinkProps extends CommonProps {
  /** URL_PREFIX. */
  urlPrefix: string
  uid: string
  token: string
}

export interface ActivateProps extends LinkProps {
  problems?: string[]
}

export interface ChangeEmailProps extends LinkProps {
  /** What users log in with. */
  field: 'email' | 'username'
}

export interface ResetPasswordProps extends LinkProps {
  problems?: string[]
}

export interface ResetUsernameProps extends LinkProps {
  /** The field that users log in with. */
  field: 'email' | 'username'
  name?: string
  problems?: string[]
}

export interface ResultProps extends CommonProps {
  title: string
  text: string
  good: boolean
  /** APP_URL; empty if it is not set. */
  appUrl: string
}

export interface InvalidLinkProps extends CommonProps {
  /** URL_PREFIX. */
  urlPrefix: string
  /** APP_URL; empty if it is not set. */
  appUrl: string
  purpose: Purpose
  /** Undefined if the user opened the page to request a new link. */
  cause?: 'incomplete' | 'expired' | 'used'
  /** The path of our page that requests a new link, without URL_PREFIX; undefined if there is none. */
  action: string | undefined
  email?: string
  problems?: string[]
}

/** The pages by name. */
export interface Pages {
  activate: ActivateProps
  change_email: ChangeEmailProps
  reset_password: ResetPasswordProps
  reset_username: ResetUsernameProps
  /** The answer of an action: its success, or that the client must wait. */
  result: ResultProps
  invalid_link: InvalidLinkProps
}
