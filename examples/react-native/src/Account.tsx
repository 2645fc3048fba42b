import { useEffect, useState } from 'react'
import { Text } from 'react-native'
import { auth } from './auth.ts'
import { Button } from './Button.tsx'
import { useStyles } from './styles.ts'

type Me = Awaited<ReturnType<typeof auth.me>>

export function Account() {
  const [me, setMe] = useState<Me>()
  const styles = useStyles()

  useEffect(() => {
    auth.me().then(setMe)
  }, [])

  return (
    <>
      <Text style={styles.heading} role="heading">
        Your account
      </Text>
      {me?.error && (
        <Text style={styles.error} role="alert">
          {me.error.message}
        </Text>
      )}
      {me?.data && (
        <Text style={styles.text}>
          {me.data.first_name} {me.data.last_name}
          {'\n'}
          {me.data.email}
        </Text>
      )}
      <Button label="Log out" onPress={() => auth.logout()} />
    </>
  )
}
