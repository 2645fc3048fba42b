// An email as HTML, with tables and inline colours, because mail programs support these.

import { raw } from 'hono/html'
import type { Child } from 'hono/jsx'
import type { Translator } from '../i18n/translations.ts'
import type { Fact } from './event-facts.ts'
import type { EmailContent } from './templates.ts'

const font =
  "font-family:-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"

// Mail programs that drop <style> show the inline colours, which are the light ones.
const darkStyle = `
:root { color-scheme: light dark; supported-color-schemes: light dark; }
@media (prefers-color-scheme: dark) {
  .page { background-color: #14171c !important; }
  .card { background-color: #1e232b !important; border-color: #323945 !important; }
  .ink { color: #e8ebf0 !important; }
  .faint { color: #a9b3c1 !important; }
  .link { color: #a3b8ff !important; }
  .button { background-color: #3f5bd8 !important; }
}
`

export function EmailHtml({
  content,
  siteName,
  greeting,
  signature,
  speech,
  button,
  facts,
}: EmailParts) {
  const { language, t } = speech
  const [first, ...more] = content.before
  return (
    <html lang={language}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="supported-color-schemes" content="light dark" />
        <meta name="format-detection" content="telephone=no, date=no, address=no, email=no" />
        <title>{content.subject}</title>
        <style>{raw(darkStyle)}</style>
      </head>
      <body class="page" style="margin:0;padding:0;background-color:#f3f4f7">
        {/* The preview that an inbox shows beside the subject. */}
        <div style="display:none;max-height:0;overflow:hidden">{first}</div>
        <Table class="page" style="background-color:#f3f4f7">
          <td align="center" style="padding:32px 16px">
            <Table class="card" style={card}>
              <td style="padding:32px 24px">
                <p class="faint" style={`margin:0 0 24px;${faint};font-weight:600`}>
                  {siteName}
                </p>
                <h1 class="ink" style={`margin:0 0 16px;${ink};font-size:22px;line-height:1.3`}>
                  {content.title}
                </h1>
                <Paragraph>{greeting}</Paragraph>
                <Paragraph>{first}</Paragraph>
                {facts.length > 0 && <Facts of={facts} />}
                {more.map((sentence) => (
                  <Paragraph>{sentence}</Paragraph>
                ))}
                {button && <Button {...button} t={t} />}
                {content.after.map((sentence) => (
                  <Paragraph>{sentence}</Paragraph>
                ))}
                <p class="faint" style={`margin:24px 0 0;${faint}`}>
                  {signature}
                </p>
              </td>
            </Table>
          </td>
        </Table>
      </body>
    </html>
  )
}

const ink = `${font};color:#1c232d`
const faint = `${font};font-size:14px;line-height:1.5;color:#566273`
const card =
  'max-width:560px;background-color:#ffffff;border:1px solid #dfe3e9;border-radius:12px;border-collapse:separate'

/** A table, because Outlook supports no other layout. */
function Table(props: { class: string; style: string; children?: Child }) {
  return (
    <table
      role="presentation"
      width="100%"
      cellpadding="0"
      cellspacing="0"
      border={0}
      class={props.class}
      style={props.style}
    >
      <tr>{props.children}</tr>
    </table>
  )
}

function Facts({ of: facts }: { of: Fact[] }) {
  return (
    <table cellpadding="0" cellspacing="0" border={0} style="margin:0 0 16px">
      {facts.map(({ label, value }) => (
        <tr>
          <th class="faint" scope="row" align="left" valign="top" style={factLabel}>
            {label}
          </th>
          <td class="ink" style={factValue}>
            {value}
          </td>
        </tr>
      ))}
    </table>
  )
}

// An IPv6 address breaks, because it is wider than a phone.
const factValue = `padding:2px 0;${ink};font-size:15px;line-height:1.5;word-break:break-word`
const factLabel = `padding:2px 12px 2px 0;${faint};font-weight:400;white-space:nowrap`

function Paragraph(props: { children?: Child }) {
  return (
    <p class="ink" style={`margin:0 0 16px;${ink};font-size:16px;line-height:1.5`}>
      {props.children}
    </p>
  )
}

function Button({ label, link, t }: ButtonProps) {
  return (
    <>
      <table
        role="presentation"
        cellpadding="0"
        cellspacing="0"
        border={0}
        style="margin:8px 0 24px;border-collapse:separate"
      >
        <tr>
          <td class="button" bgcolor="#2f49c4" style="background-color:#2f49c4;border-radius:8px">
            <a href={link} style={buttonLink}>
              {label}
            </a>
          </td>
        </tr>
      </table>
      <p class="faint" style={`margin:0 0 24px;${faint}`}>
        {t`Or copy this link into your browser:`}
        <br />
        <a class="link" href={link} style="color:#2f49c4;word-break:break-all">
          {link}
        </a>
      </p>
    </>
  )
}

interface ButtonProps {
  label: string
  link: string
  t: Translator['t']
}

const buttonLink = `display:inline-block;padding:14px 24px;${font};font-size:16px;font-weight:600;line-height:1.25;color:#ffffff;text-decoration:none`

/** The parts of an email, for text and for HTML. */
export interface EmailParts {
  content: EmailContent
  siteName: string
  greeting: string
  signature: string
  speech: Translator
  button: { label: string; link: string } | undefined
  facts: Fact[]
}
