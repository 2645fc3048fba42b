// Which sentences the project's languages lack.

import { missingSentences, sentences } from '../../src/i18n/sentences.ts'
import { dictionaries } from '../../src/i18n/translations.ts'
import { packageName } from '../package.ts'
import { type Finding, warningsOf } from './finding.ts'

/** A warning for each language that is not complete, once gatehouse() was called. */
export const languageFindings = (): Finding[] =>
  warningsOf('languages', Object.entries(missingSentences(dictionaries)).map(warningOf))

const warningOf = ([code, missing]: [string, string[]]): string | undefined =>
  missing.length > 0
    ? `The language ${code} lacks ${missing.length} of ${sentences.length} sentences, which stay English: ${JSON.stringify(missing[0])}, for example. missingSentences() of ${packageName} lists them.`
    : undefined
