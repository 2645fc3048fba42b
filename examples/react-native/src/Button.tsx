import { Pressable, Text } from 'react-native'
import { useStyles } from './styles.ts'

interface Props {
  label: string
  onPress: () => void
  isPlain?: boolean
}

export function Button({ label, onPress, isPlain = false }: Props) {
  const styles = useStyles()
  return (
    <Pressable role="button" style={isPlain ? styles.plainButton : styles.button} onPress={onPress}>
      <Text style={isPlain ? styles.plainLabel : styles.buttonLabel}>{label}</Text>
    </Pressable>
  )
}
