import { StyleSheet, useColorScheme } from 'react-native'

export const useStyles = () => (useColorScheme() === 'dark' ? dark : light)

const light = stylesOf({
  page: '#fff',
  ink: '#1c232d',
  field: '#7d8898',
  accent: '#2f49c4',
  accentInk: '#fff',
  bad: '#a1221c',
})
const dark = stylesOf({
  page: '#14171c',
  ink: '#e8ebf0',
  field: '#76839a',
  accent: '#a3b8ff',
  accentInk: '#131a33',
  bad: '#ffaba4',
})

type Colour = 'page' | 'ink' | 'field' | 'accent' | 'accentInk' | 'bad'

function stylesOf({ page, ink, field, accent, accentInk, bad }: Record<Colour, string>) {
  const text = { fontSize: 16, lineHeight: 24, color: ink }
  const input = { ...text, minHeight: 48, padding: 12, borderWidth: 1, borderRadius: 10 }
  const button = { minHeight: 48, padding: 12, marginTop: 24, borderRadius: 10 }
  const label = { ...text, fontWeight: '600' as const }
  return StyleSheet.create({
    page: { backgroundColor: page },
    content: { padding: 24, paddingTop: 80 },
    heading: { ...text, fontSize: 26, lineHeight: 34, fontWeight: '700' },
    text: { ...text, marginTop: 16 },
    label: { ...label, marginTop: 16, marginBottom: 6 },
    input: { ...input, borderColor: field },
    wrongInput: { ...input, borderColor: bad },
    error: { ...text, marginTop: 6, color: bad },
    button: { ...button, backgroundColor: accent },
    buttonLabel: { ...label, textAlign: 'center', color: accentInk },
    plainButton: { ...button, marginTop: 8 },
    plainLabel: { ...label, textAlign: 'center', color: accent },
  })
}
