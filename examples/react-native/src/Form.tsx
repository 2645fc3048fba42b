// A form that shows the server's errors: those of a field below the field, all others above the button.

import { useState } from 'react'
import { Text, TextInput, type TextInputProps, View } from 'react-native'
import { Button } from './Button.tsx'
import { useStyles } from './styles.ts'

interface Field<Name> {
  name: Name
  label: string
  autoComplete: TextInputProps['autoComplete']
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
  const [values, setValues] = useState<Partial<Record<Name, string>>>({})
  const [error, setError] = useState<FormError<Name>>()
  const [isSending, setSending] = useState(false)
  const styles = useStyles()

  async function submit() {
    if (isSending) return
    setSending(true)
    const typed = fields.map(({ name }) => [name, values[name] ?? ''])
    const result = await send(Object.fromEntries(typed))
    setSending(false)
    setError(result.error)
  }

  const hasFieldErrors = fields.some(({ name }) => error?.fields[name])

  return (
    <>
      {fields.map(({ name, label, autoComplete }) => {
        const sentences = error?.fields[name]?.join(' ')
        return (
          <View key={name}>
            <Text style={styles.label}>{label}</Text>
            <TextInput
              style={sentences ? styles.wrongInput : styles.input}
              accessibilityLabel={label}
              accessibilityHint={sentences}
              autoComplete={autoComplete}
              autoCapitalize={autoComplete === 'email' ? 'none' : 'sentences'}
              keyboardType={autoComplete === 'email' ? 'email-address' : 'default'}
              secureTextEntry={name === 'password'}
              onChangeText={(text) => setValues({ ...values, [name]: text })}
              onSubmitEditing={submit}
            />
            {sentences && (
              <Text style={styles.error} aria-live="polite">
                {sentences}
              </Text>
            )}
          </View>
        )
      })}
      {error && !hasFieldErrors && (
        <Text style={styles.error} role="alert">
          {error.status === 0 ? 'The server cannot be reached.' : error.message}
        </Text>
      )}
      <Button label={button} onPress={submit} />
    </>
  )
}
