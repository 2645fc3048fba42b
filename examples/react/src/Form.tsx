// A form that shows the server's errors: those of a field at the field, all others above the button.

import { type FormEvent, useEffect, useRef, useState } from 'react'

interface Field<Name> {
  name: Name
  label: string
  type?: string
  autoComplete: string
}

/** What the form shows of a GatehouseError. */
interface FormError<Name extends string> {
  status: number
  message: string
  fields: Partial<Record<Name, string[]>>
}

interface Props<Name extends string> {
  fields: Field<Name>[]
  button: string
  send: (values: Record<Name, string>) => Promise<{ error?: FormError<Name> }>
}

export function Form<Name extends string>({ fields, button, send }: Props<Name>) {
  const [error, setError] = useState<FormError<Name>>()
  const [isSending, setSending] = useState(false)
  const form = useRef<HTMLFormElement>(null)

  // The first wrong field gets the focus.
  useEffect(() => {
    if (error) form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus()
  }, [error])

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    if (isSending) return
    const values = Object.fromEntries(new FormData(event.currentTarget))
    setSending(true)
    const result = await send(values as Record<Name, string>)
    setSending(false)
    setError(result.error)
  }

  const hasFieldErrors = fields.some(({ name }) => error?.fields[name])

  return (
    <form ref={form} onSubmit={submit} noValidate>
      {fields.map(({ name, label, ...attributes }) => {
        const sentences = error?.fields[name]
        const errorId = `${name}-error`
        const marks = sentences && { 'aria-invalid': true, 'aria-describedby': errorId }
        return (
          <div key={name}>
            <label htmlFor={name}>{label}</label>
            <input id={name} name={name} {...attributes} {...marks} />
            {sentences && (
              <p className="error" id={errorId}>
                {sentences.join(' ')}
              </p>
            )}
          </div>
        )
      })}
      {error && !hasFieldErrors && (
        <p className="error" role="alert">
          {error.status === 0 ? 'The server cannot be reached.' : error.message}
        </p>
      )}
      <button type="submit" aria-disabled={isSending}>
        {button}
      </button>
    </form>
  )
}
