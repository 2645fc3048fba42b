'use server'

import type { GatehouseError } from 'gatehouse-auth/client'
import { redirect } from 'next/navigation'
import { actionClient } from '../lib/auth.ts'

/** What a form shows after an action: what the user typed, and what is wrong with it. */
export interface FormState {
  values?: Record<string, string>
  fields?: Record<string, string[] | undefined>
  problem?: string
  sentTo?: string
}

export async function logIn(_: FormState, form: FormData): Promise<FormState> {
  const auth = await actionClient()
  const { error } = await auth.login({
    email: text(form, 'email'),
    password: text(form, 'password'),
  })
  if (error) return stateOf(error, form)
  redirect('/')
}

export async function signUp(_: FormState, form: FormData): Promise<FormState> {
  const auth = await actionClient()
  const { error } = await auth.signUp({
    first_name: text(form, 'first_name'),
    last_name: text(form, 'last_name'),
    email: text(form, 'email'),
    password: text(form, 'password'),
  })
  return error ? stateOf(error, form) : { sentTo: text(form, 'email') }
}

export async function logOut() {
  const auth = await actionClient()
  await auth.logout()
  redirect('/login')
}

const text = (form: FormData, name: string) => String(form.get(name) ?? '')

function stateOf<Body>(error: GatehouseError<Body>, form: FormData): FormState {
  const fields: FormState['fields'] = error.fields
  const isAtField = Object.keys(fields).some((name) => form.has(name))
  const typed = ['first_name', 'last_name', 'email'].map((name) => [name, text(form, name)])
  return {
    values: Object.fromEntries(typed),
    fields,
    problem: isAtField ? undefined : error.message,
  }
}
