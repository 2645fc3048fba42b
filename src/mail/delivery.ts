// Sends what the outbox owes: the message and its link are made here, from row and user, at the moment
// of sending. In development it is kept for /dev/mailbox/ instead.

import { type Database, databaseMessage } from '../db.ts'
import { encodeUid } from '../encoding.ts'
import type { User } from '../schema.ts'
import type { Settings } from '../settings/parse.ts'
import { ownUrl } from '../settings/urls.ts'
import { linkToken, type Purpose } from '../tokens/links.ts'
import { recognisedDevice } from '../user-agent.ts'
import { greetingName } from '../user-model.ts'
import { storeMail } from './dev-mailbox.ts'
import { isEmail, mailboxAddress } from './email-address.ts'
import type { EventDetails } from './event-facts.ts'
import { claimDue, type Due, isAboutEvent, type MailKind, markFailed, markSent } from './outbox.ts'
import { type Message, renderEmail } from './render.tsx'
import { type Sent, sendByResend } from './resend.ts'

/** What a request owes goes before what has waited; the cron begins with what waited longest. */
export const deliverNewest = (db: Database, settings: Settings, now: Date) =>
  deliverDue(db, settings, now, { most: 10, newestFirst: true })

/** @returns how many mails were tried; fewer than `most` means that no more were due */
export async function deliverDue(
  db: Database,
  settings: Settings,
  now: Date,
  which: { most: number; newestFirst: boolean },
) {
  const due = await claimDue(db, which, now)
  // One that cannot be marked must not cut the others off.
  const outcomes = await Promise.allSettled(due.map((mail) => deliver(db, settings, mail, now)))
  const failure = outcomes.find((outcome) => outcome.status === 'rejected')
  if (failure) throw failure.reason
  return due.length
}

async function deliver(db: Database, settings: Settings, due: Due, now: Date) {
  const reason = reasonToSkip(settings, due, now)
  if (reason) return markFailed(db, due.row, { retry: false, reason }, now)
  const sent = await renderAndSend(db, settings, due, now).catch(
    (error): Sent => ({ sent: false, retry: true, reason: databaseMessage(error) }),
  )
  if (sent.sent) return markSent(db, due.row.id, sent.id, now)
  console.warn({ message: 'mail was not sent', id: due.row.id, reason: sent.reason })
  return markFailed(db, due.row, sent, now)
}

async function renderAndSend(db: Database, settings: Settings, due: Due, now: Date): Promise<Sent> {
  const { row, user } = due
  const link = await linkFor(settings, due)
  const about = eventOf(due)
  const message = renderEmail(row.kind, {
    siteName: settings.siteName,
    language: settings.language,
    appUrl: settings.appUrl,
    isProven: isProven(due),
    name: nameFor(due),
    ...(about && { about }),
    ...(settings.loginField === 'username' && { login: user.username ?? '' }),
    ...(link && { link: link.url, validFor: validFor(settings, { row, user }) }),
  })
  if (settings.development && settings.resendApiKey === '') {
    return storeInstead(db, due, message, link)
  }
  const { resendApiKey: apiKey, resendBaseUrl: baseUrl, resendTimeout } = settings
  return sendByResend(
    { apiKey, baseUrl, timeout: resendTimeout * 1000 },
    { id: row.id, from: settings.defaultFromEmail, to: mailboxAddress(row.recipient), message },
    now,
  )
}

/** Seconds until the token expires or the pending account is deleted. */
function validFor(
  { passwordResetTimeout }: Settings,
  { row, user }: Pick<Due, 'row' | 'user'>,
): number {
  if (user.status !== 'pending' || user.pendingUntil === null) return passwordResetTimeout
  const left = Math.floor((user.pendingUntil.getTime() - row.createdAt.getTime()) / 1000)
  return Math.min(passwordResetTimeout, Math.max(left, 0))
}

/** A stranger may have signed up with the address: only at a proven one is the user greeted by name. */
const nameFor = (due: Due): string =>
  isProven(due) ? greetingName(due.user) || (due.user.username ?? '') : ''

const isProven = ({ row, user }: Due): boolean =>
  user.emailVerifiedAt !== null && row.recipient === user.email

/** When and from where the event was caused; not from where, if staff or an operator caused it. */
function eventOf({ row, event }: Due): EventDetails | undefined {
  if (!isAboutEvent(row.kind)) return undefined
  const at = row.createdAt
  if (event === null || event.actorId !== null) return { at }
  const { userAgent, country, ip } = event
  return { at, from: { ...recognisedDevice(userAgent), country, ip } }
}

async function storeInstead(
  db: Database,
  { row }: Due,
  message: Message,
  link: Link | undefined,
): Promise<Sent> {
  const { id, kind, recipient, createdAt } = row
  const { url = null, uid = null, token = null } = link ?? {}
  await storeMail(db, { id, kind, recipient, ...message, url, uid, token, createdAt })
  return { sent: true }
}

interface Link {
  uid: string
  token: string
  url: string
}

// Our own pages take their token in the query string, which is redacted from logs.
const pages: Record<Purpose, string> = {
  activation: '/activate/?uid={uid}&token={token}',
  password_reset: '/reset-password/?uid={uid}&token={token}',
  username_reset: '/reset-username/?uid={uid}&token={token}',
  email_change: '/change-email/?uid={uid}&token={token}',
}

/** The deployer's own page for a link; blank where ours is used. */
const chosenPath = (settings: Settings): Record<Purpose, string> => ({
  activation: settings.activationUrl,
  password_reset: settings.passwordResetConfirmUrl,
  username_reset: settings.usernameResetConfirmUrl,
  email_change: settings.emailChangeConfirmUrl,
})

async function linkFor(settings: Settings, { row, user }: Due): Promise<Link | undefined> {
  const purpose = purposeOf(row.kind)
  if (!purpose) return undefined
  const uid = encodeUid(user.id)
  const token = await linkToken(settings, purpose, user, row.createdAt)
  const chosen = chosenPath(settings)[purpose]
  const path = (chosen || pages[purpose]).replace('{uid}', uid).replace('{token}', token)
  return { uid, token, url: chosen ? `${frontend(settings)}/${path}` : ownUrl(settings, path) }
}

/** Why a mail is not to be sent: a link is for who still has the address and use for it. */
function reasonToSkip(
  { passwordResetTimeout }: Settings,
  { row, user }: Due,
  now: Date,
): string | undefined {
  // An earlier version or an import wrote the row: mail to what reads like two addresses would go to two.
  if (!isEmail(row.recipient)) return 'the address is no mailbox'
  const purpose = purposeOf(row.kind)
  if (!purpose) return undefined
  const usefulTo: Record<Purpose, User['status'][]> = {
    activation: ['pending'],
    password_reset: ['active', 'pending'],
    username_reset: ['active'],
    email_change: ['active'],
  }
  if (!usefulTo[purpose].includes(user.status)) return `the account is ${user.status}`
  const address = purpose === 'email_change' ? user.newEmail : user.email
  if (row.recipient !== address) return 'the address has changed'
  const age = now.getTime() - row.createdAt.getTime()
  return age > passwordResetTimeout * 1000 ? 'its link has expired' : undefined
}

const purposeOf = (kind: MailKind): Purpose | undefined =>
  kind in pages ? (kind as Purpose) : undefined

const frontend = (settings: Settings) =>
  `${settings.emailFrontendProtocol}://${settings.emailFrontendDomain}`
