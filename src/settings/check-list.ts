// The list in which a check names its errors.

import { isTrustworthy } from './trusted-urls.ts'

type Check = [isWrong: boolean, sentence: string]

/** The sentences of the errors that apply. */
export const checks = (rows: Check[]): string[] =>
  rows.filter(([isWrong]) => isWrong).map(([, sentence]) => sentence)

export const mustBeHttps = (name: string, url: string, development: boolean): Check => [
  !isTrustworthy(url, development),
  `${name} must be https and without a password`,
]
