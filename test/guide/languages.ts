// src/languages.ts
import type { Languages } from '../../src/index.ts'

export const languages: Languages = {
  de: {
    sentences: {
      'Not found.': 'Nicht gefunden.',
      'Account activation on {}': 'Ihr Konto bei {}',
      'You must accept the terms.': 'Sie müssen die Bedingungen annehmen.',
    },
  },
}
