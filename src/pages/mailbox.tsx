// The development mailbox: the emails that production would have sent, newest first. A sandboxed frame shows the HTML, so
// that nothing in it can run.

import { Layout } from './layout.tsx'

export interface MailboxMail {
  id: string
  kind: string
  to: string
  subject: string
  text: string
  html: string
  url: string | null
  /** ISO 8601: `2026-11-21T23:58:01.000Z`. */
  created_at: string
}

interface MailboxProps {
  mails: MailboxMail[]
  /** The base URL of this Worker, for the example. */
  baseUrl: string
}

export function MailboxPage({ mails, baseUrl }: MailboxProps) {
  return (
    <Layout title="Mailbox" siteName="Gatehouse, in development" wide>
      <h1>Mailbox</h1>
      {mails.length === 0 ? <Empty baseUrl={baseUrl} /> : <Mails mails={mails} baseUrl={baseUrl} />}
    </Layout>
  )
}

function Empty({ baseUrl }: { baseUrl: string }) {
  const person = { email: 'ada@example.com', password: 'a pond of herons' }
  const body = JSON.stringify({ ...person, first_name: 'Ada', last_name: 'Lovelace' }, null, 2)
  return (
    <div class="empty">
      <p>
        <strong>No email yet.</strong> In development, Gatehouse sends no email but shows it here.
        Sign up, and reload this page:
      </p>
      <pre class="command">{`curl ${baseUrl}/auth/users/ \\\n  -H 'Content-Type: application/json' \\\n  -d '${body}'`}</pre>
    </div>
  )
}

function Mails({ mails, baseUrl }: { mails: MailboxMail[]; baseUrl: string }) {
  return (
    <>
      <p class="faint">
        {mails.length === 1 ? '1 email' : `${mails.length} emails`}, newest first. None of them was
        sent. Reload this page to see newer ones. The same as JSON:
      </p>
      <pre class="command">{`curl ${baseUrl}/dev/mailbox/ \\\n  -H 'Accept: application/json'`}</pre>
      {mails.map((mail, index) => (
        <Mail mail={mail} open={index === 0} />
      ))}
    </>
  )
}

function Mail({ mail, open }: { mail: MailboxMail; open: boolean }) {
  return (
    <details id={mail.id} open={open}>
      <summary>
        <strong>{mail.subject}</strong>
        <span class="facts">
          <span>{mail.to}</span>
          <span>{mail.kind}</span>
          <time datetime={mail.created_at}>
            {mail.created_at.slice(0, 19).replace('T', ' ')} UTC
          </time>
        </span>
      </summary>
      <div class="mail">
        {mail.url && (
          <>
            <h2>Link</h2>
            <p>
              <a href={mail.url}>{mail.url}</a>
            </p>
          </>
        )}
        <h2>Text</h2>
        <pre>{mail.text}</pre>
        <h2>HTML</h2>
        <iframe
          title={`${mail.subject}, to ${mail.to}`}
          sandbox="allow-popups allow-popups-to-escape-sandbox"
          srcdoc={openingElsewhere(mail.html)}
          loading="lazy"
        />
      </div>
    </details>
  )
}

/** Links in the email open in a new tab, because the frame cannot send the forms that they open. */
function openingElsewhere(html: string): string {
  return html.replace('<head>', '<head><base target="_blank">')
}
