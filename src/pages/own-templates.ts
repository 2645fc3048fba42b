// The deployer's templates of pages. They make the HTML alone: headers and status stay ours, and so do the paths.

import { html } from 'hono/html'
import type { Translator } from '../i18n/translations.ts'
import type { LayoutProps, Pages } from './props.ts'

/** HTML by JSX or the tag `html` of `hono/html`, which escape values. A plain string is escaped too. */
export type Html = ReturnType<typeof html>

/** What a page's template gets: the translator's `t`, and what our own page shows. */
export type PageContext<Name extends keyof Pages> = Omit<Pages[Name], 'speech'> &
  Translator & {
    /** Puts a body into the layout, which is yours if you have one. */
    layout(title: string, body: Html): Html
  }

export type PageTemplates = {
  /** The document around each page: from `<html>` on. It must show `children`. */
  layout?(page: Omit<LayoutProps, 'wide'>): Html
} & { [Name in keyof Pages]?: (page: PageContext<Name>) => Html }

/** The templates in use. `usePageTemplates` replaces them. */
export let pageTemplates: PageTemplates = {}

export function usePageTemplates(given: PageTemplates) {
  pageTemplates = given
}

/** The HTML of the deployer's template. If it fails, that of our own: the page may be the answer of a link that was used. */
export async function renderOwn(name: string, own: () => Html, standard: () => Html) {
  try {
    return await html`${own()}`
  } catch (error) {
    console.error({ message: 'the page template failed', name, cause: String(error) })
    return standard()
  }
}
