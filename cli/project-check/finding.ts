// What is wrong with a project, or could be.

export interface Finding {
  subject: 'settings' | 'hooks' | 'languages' | 'tables' | 'migrations' | 'assets' | 'packages'
  /** `error`: the Worker would not work, or would lose something. `warning`: the deployer should know. */
  level: 'error' | 'warning'
  sentence: string
}

/** Errors of one subject. Leaves out those that are undefined. */
export const errorsOf = (
  subject: Finding['subject'],
  sentences: (string | undefined)[],
): Finding[] => findings(subject, 'error', sentences)

export const warningsOf = (
  subject: Finding['subject'],
  sentences: (string | undefined)[],
): Finding[] => findings(subject, 'warning', sentences)

const findings = (
  subject: Finding['subject'],
  level: Finding['level'],
  sentences: (string | undefined)[],
): Finding[] =>
  sentences.flatMap((sentence) => (sentence === undefined ? [] : [{ subject, level, sentence }]))

export const hasErrors = (all: Finding[]) => all.some(({ level }) => level === 'error')
