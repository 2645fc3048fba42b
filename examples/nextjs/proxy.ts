// Renews the session before a page is rendered. A page cannot set cookies, so the new tokens would be lost.

import { type NextRequest, NextResponse } from 'next/server'
import { clientWith, cookieOptions, sessionCookie } from './lib/auth.ts'

export async function proxy(request: NextRequest) {
  const auth = clientWith(request.cookies, request.headers)
  const before = request.cookies.get(sessionCookie)?.value
  const { error } = await auth.accessToken({ validFor: 60 })
  if (error) return new NextResponse('Please try again.', { status: 503 })

  const after = request.cookies.get(sessionCookie)?.value
  if (after === before) return NextResponse.next()
  // The page gets the new tokens with the request, and the browser with the response.
  const response = NextResponse.next({ request })
  if (after) response.cookies.set(sessionCookie, after, cookieOptions)
  else response.cookies.delete(sessionCookie)
  return response
}

export const config = { matcher: '/((?!_next/).*)' }
