'use client'
// A form that shows the server's errors: those of a field at the field, all others above the button.

import { type ReactNode, useActionState, useEffect, useRef } from 'react'
import type { FormState } from './actions.ts'

interface Field {
  name: string
  label: string
  type?: string
  autoComplete: string
}

interface Props {
  fields: Field[]
  button: string
  action: (state: FormState, form: FormData) => Promise<FormState>
}

export function Form({ fields, button, action }: Props): ReactNode {
  const [state, send, isSending] = useActionState(action, {})
  const form = useRef<HTMLFormElement>(null)

  // The first wrong field gets the focus.
  useEffect(() => {
    if (state.fields) form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus()
  }, [state])

  if (state.sentTo) {
    return (
      <p role="status">
        We have sent a link to {state.sentTo}. Follow it to activate your account.
      </p>
    )
  }

  return (
    <form ref={form} action={send} noValidate>
      {fields.map(({ name, label, ...attributes }) => {
        const sentences = state.fields?.[name]
        const errorId = `${name}-error`
        const marks = sentences && { 'aria-invalid': true, 'aria-describedby': errorId }
        return (
          <div key={name}>
            <label htmlFor={name}>{label}</label>
            <input
              id={name}
              name={name}
              defaultValue={state.values?.[name]}
              {...attributes}
              {...marks}
            />
            {sentences && (
              <p className="error" id={errorId}>
                {sentences.join(' ')}
              </p>
            )}
          </div>
        )
      })}
      {state.problem && (
        <p className="error" role="alert">
          {state.problem}
        </p>
      )}
      <button type="submit" aria-disabled={isSending}>
        {button}
      </button>
    </form>
  )
}
