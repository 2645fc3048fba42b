// Sessions and security events, which the Django packages do not have.

import type { Settings } from '../settings/parse.ts'
import { noBody, type Operation } from './operations.ts'
import { array, component, userId } from './schemas.ts'

export function sessionOperations(settings: Settings): Operation[] {
  const ofUser = { user: { ...userId(settings), description: 'Another user, for staff.' } }
  const errors = {
    403: 'The caller is not staff, or is impersonated.',
    404: 'There is no such user.',
  }
  const events = {
    tag: 'Security events',
    caller: 'user',
    query: { before: { type: 'integer', description: 'Only events before the one with this id.' } },
    answers: {
      200: {
        description: 'Up to 100 events, newest first.',
        schema: array(component('SecurityEvent')),
      },
    },
  } as const
  return [
    {
      request: 'GET /auth/sessions/',
      id: 'listSessions',
      tag: 'Sessions',
      summary: 'List sessions',
      caller: 'user',
      query: ofUser,
      answers: { 200: { description: 'The sessions.', schema: array(component('Session')) } },
      errors,
    },
    {
      request: 'DELETE /auth/sessions/',
      id: 'endSessions',
      tag: 'Sessions',
      summary: 'End all other sessions',
      description: 'Staff end every session of the user in `?user=`.',
      caller: 'user',
      query: ofUser,
      answers: noBody('The sessions have ended.'),
      errors,
      limited: true,
    },
    {
      request: 'DELETE /auth/sessions/{id}/',
      id: 'endSession',
      tag: 'Sessions',
      summary: 'End a session',
      caller: 'user',
      answers: noBody('The session has ended.'),
      errors: { 403: 'The caller is impersonated.', 404: 'There is no such session.' },
      limited: true,
    },
    {
      ...events,
      request: 'GET /auth/users/me/events/',
      id: 'listMyEvents',
      summary: 'List the security events of the caller',
    },
    {
      ...events,
      request: 'GET /auth/users/{id}/events/',
      id: 'listEvents',
      summary: 'List the security events of a user',
      errors: { 404: 'There is no such user, or the caller may not see them.' },
    },
  ]
}
