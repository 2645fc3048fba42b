// Sends the emails of the outbox. Message and link are made here, from row and user, when the email is sent. In
// development, an email is stored for /dev/mailbox/ instead.

import { type Database, databaseMessage } from '../db.ts'
import { encodeUid } from '../encoding.ts'
import { withoutHash } from '../hooks.ts'
import { publicIdOf } from '../public-id.ts'
import { type User, userModel } from '../schema.ts'
import type { Settings } from '../settings/parse.ts'
import { ownUrl } from '../settings/urls.ts'
import { linkToken, type Purpose } from '../tokens/links.ts'
import { recognisedDevice } from '../user-agent.ts'
import { storeMail } from './dev-mailbox.ts'
import { claimDue, type DueMail, isAboutEvent, markFailed, markSent } from './due.ts'
import { isEmail, mailboxAddress } from './email-address.ts'
import type { EventDetails } from './event-facts.ts'
import type { MailKind } from './outbox.ts'
import { type Message, renderByTemplate } from './render.tsx'
import { type SendResult, sendByResend } from './resend.ts'

/** Delivers the emails that requests have just queued, before older ones. The cron begins with the oldest. */
export const deliverNewest = (db: Database, settings: Settings, now: Date) =>
  deliverDue(db, settings, now, { limit: 10, newestFirst: true })

/** @returns the number of emails that were tried; fewer than `limit` if no more are due */
export async function deliverDue(
  db: Database,
  settings: Settings,
  now: Date,
  selection: { limit: number; newestFirst: boolean },
) {
  const due = await claimDue(db, selection, now)
  // An email that cannot be marked must not stop the others.
  const outcomes = await Promise.allSettled(due.map((mail) => deliver(db, settings, mail, now)))
  const failure = outcomes.find((outcome) => outcome.status === 'rejected')
  if (failure) throw failure.reason
  return due.length
}

async function deliver(db: Database, settings: Settings, due: DueMail, now: Date) {
  const reason = reasonToSkip(settings, due, now)
  if (reason) return markFailed(db, due.row, { retry: false, reason }, now)
  const result = await renderAndSend(db, settings, due, now).catch(
    (error): SendResult => ({ sent: false, retry: true, reason: databaseMessage(error) }),
  )
  if (result.sent) return markSent(db, due.row.id, result.id, now)
  console.warn({ message: 'mail was not sent', id: due.row.id, reason: result.reason })
  return markFailed(db, due.row, result, now)
}

async function renderAndSend(
  db: Database,
  settings: Settings,
  due: DueMail,
  now: Date,
): Promise<SendResult> {
  const { row, user } = due
  const link = await linkFor(settings, due)
  const event = detailsOf(due)
  const message = await renderByTemplate(row.kind, {
    siteName: settings.siteName,
    language: settings.language,
    appUrl: settings.appUrl,
    isProven: isProven(due),
    name: nameFor(due),
    ...(isProven(due) && { user: withoutHash(user) }),
    ...(event && { event }),
    ...(settings.loginField === 'username' && { login: user.username ?? '' }),
    ...(link && { link: link.url, validFor: validFor(settings, due) }),
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

/** Seconds for which the link works: until its token expires, or until the pending account is deleted. */
function validFor({ passwordResetTimeout }: Settings, { row, user }: DueMail): number {
  if (user.status !== 'pending' || user.pendingUntil === null) return passwordResetTimeout
  const left = Math.floor((user.pendingUntil.getTime() - row.createdAt.getTime()) / 1000)
  return Math.min(passwordResetTimeout, Math.max(left, 0))
}

/** The name in the greeting. It is blank at an unproven address, because an attacker may have signed up with it. */
const nameFor = (due: DueMail): string =>
  isProven(due) ? userModel.greetingName(due.user) || (due.user.username ?? '') : ''

const isProven = ({ row, user }: DueMail): boolean =>
  user.emailVerifiedAt !== null && row.recipient === user.email

/** When and from where the user caused the event. If staff or an operator caused it, only when. */
function detailsOf({ row, event }: DueMail): EventDetails | undefined {
  if (!isAboutEvent(row.kind)) return undefined
  const at = row.createdAt
  if (event === null || event.actorId !== null) return { at }
  const { userAgent, country, ip } = event
  return { at, from: { ...recognisedDevice(userAgent), country, ip } }
}

async function storeInstead(
  db: Database,
  { row }: DueMail,
  message: Message,
  link: MailedLink | undefined,
): Promise<SendResult> {
  const { id, kind, recipient, createdAt } = row
  const { url = null, uid = null, token = null } = link ?? {}
  await storeMail(db, { id, kind, recipient, ...message, url, uid, token, createdAt })
  return { sent: true }
}

interface MailedLink {
  uid: string
  token: string
  url: string
}

// Our own pages read the token from the query string, which logs redact.
const ownPaths: Record<Purpose, string> = {
  activation: '/activate/?uid={uid}&token={token}',
  password_reset: '/reset-password/?uid={uid}&token={token}',
  username_reset: '/reset-username/?uid={uid}&token={token}',
  email_change: '/change-email/?uid={uid}&token={token}',
}

/** The path of the deployer's own page for each link; blank where our page is used. */
const frontendPaths = (settings: Settings): Record<Purpose, string> => ({
  activation: settings.activationUrl,
  password_reset: settings.passwordResetConfirmUrl,
  username_reset: settings.usernameResetConfirmUrl,
  email_change: settings.emailChangeConfirmUrl,
})

async function linkFor(
  settings: Settings,
  { row, user }: DueMail,
): Promise<MailedLink | undefined> {
  const purpose = purposeOf(row.kind)
  if (!purpose) return undefined
  const uid = encodeUid(publicIdOf(settings, user))
  const token = await linkToken(settings, purpose, user, row.createdAt)
  const chosen = frontendPaths(settings)[purpose]
  const path = (chosen || ownPaths[purpose]).replace('{uid}', uid).replace('{token}', token)
  return { uid, token, url: chosen ? `${frontend(settings)}/${path}` : ownUrl(settings, path) }
}

/** Why an email is not sent: the user has no use for its link any more, or another address. */
function reasonToSkip(
  { passwordResetTimeout }: Settings,
  { row, user }: DueMail,
  now: Date,
): string | undefined {
  // An earlier version or an import may have written the row. Resend would send text that reads as two addresses to both.
  if (!isEmail(row.recipient)) return 'the address is not valid'
  const purpose = purposeOf(row.kind)
  if (!purpose) return undefined
  const usefulFor: Record<Purpose, User['status'][]> = {
    activation: ['pending'],
    password_reset: ['active', 'pending'],
    username_reset: ['active'],
    email_change: ['active'],
  }
  if (!usefulFor[purpose].includes(user.status)) return `the account is ${user.status}`
  const address = purpose === 'email_change' ? user.newEmail : user.email
  if (row.recipient !== address) return 'the address has changed'
  const age = now.getTime() - row.createdAt.getTime()
  return age > passwordResetTimeout * 1000 ? 'its link has expired' : undefined
}

const purposeOf = (kind: MailKind): Purpose | undefined =>
  kind in ownPaths ? (kind as Purpose) : undefined

const frontend = (settings: Settings) =>
  `${settings.emailFrontendProtocol}://${settings.emailFrontendDomain}`
