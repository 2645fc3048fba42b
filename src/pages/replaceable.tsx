// A page that the deployer's template may replace.

import { Layout } from './layout.tsx'
import { type Html, type PageContext, pageTemplates, renderOwn } from './own-templates.ts'
import type { Pages } from './props.ts'

/** The page by the deployer's template, or ours. */
export const replaceable =
  <Name extends keyof Pages>(name: Name, standard: (props: Pages[Name]) => Html) =>
  (props: Pages[Name]): Html => {
    const template = pageTemplates[name] as ((page: PageContext<Name>) => Html) | undefined
    if (!template) return standard(props)
    const { speech, ...shown } = props
    const layout = (title: string, body: Html) => (
      <Layout title={title} siteName={props.siteName} lang={speech.language}>
        {body}
      </Layout>
    )
    const context = { ...shown, ...speech, layout } as PageContext<Name>
    return renderOwn(
      name,
      () => template(context),
      () => standard(props),
    )
  }
