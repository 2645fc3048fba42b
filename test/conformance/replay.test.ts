// Sends the Worker, in process, the requests that live Django was sent, and compares its responses with the recorded ones.

import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, test } from 'vitest'
import worker from '../../src/worker.ts'
import { checkAnswer } from '../support/document.ts'
import { insertAdmin } from './admin.ts'
import { explain, isWrong, judge } from './compare.ts'
import { type Allowed, differences } from './differences.ts'
import { type Mail, newRun, play, type Side } from './play.ts'
import { fromRecord, type Recording } from './record.ts'
import { scenariosByFile } from './scenarios/index.ts'
import { type Stack, stacks, type VariantName, variants, workerVars } from './variants.ts'

const recordings = import.meta.glob<string>('./recorded/*.json', {
  eager: true,
  query: '?raw',
  import: 'default',
})
const scenarios = Object.values(scenariosByFile).flat()
const used = new Set<Allowed>()

beforeAll(() => env.DB.prepare(insertAdmin).run())

for (const stack of stacks) {
  for (const variant of Object.keys(variants) as VariantName[]) {
    describe(`${stack} Django, ${variant}`, () => {
      const recorded = recordings[`./recorded/${stack}.${variant}.json`]
      const recording: Recording | undefined = recorded && JSON.parse(recorded)
      const side = inProcess(stack, variant)

      for (const scenario of scenarios.filter(({ variants }) => variants.includes(variant))) {
        test(scenario.name, async () => {
          const django = recording && fromRecord(recording, scenario)
          if (!django) throw new Error('not recorded as it is now: npm run conformance -- --record')

          const verdicts = judge(
            scenario,
            { stack, variant },
            django,
            await play(scenario, side, newRun()),
            used,
          )
          expect(verdicts.filter(isWrong).map(explain).join('\n\n')).toBe('')
        })
      }
    })
  }
}

test('every allowed difference occurs', () => {
  expect(differences.filter((entry) => !used.has(entry))).toEqual([])
})

function inProcess(stack: Stack, variant: VariantName): Side {
  const variantEnv = { ...env, ...workerVars(variants[variant], stack) }
  const { prefix = '' } = variants[variant]
  const send: Side['send'] = async (method, path, headers, body) => {
    const context = createExecutionContext()
    const request = new Request(`https://auth.test${prefix}${path}`, {
      method,
      headers,
      body: body ?? null,
    })
    const response = await worker.fetch(request, variantEnv, context)
    await waitOnExecutionContext(context)
    const { status, headers: answered } = response
    checkAnswer(variantEnv, request, {
      status,
      headers: answered,
      text: await response.clone().text(),
    })
    return response
  }
  return {
    send,
    async mail() {
      const headers = new Headers({ accept: 'application/json' })
      const answer = await send('GET', '/dev/mailbox/', headers, undefined)
      return ((await answer.json()) as { results: Mail[] }).results.toReversed()
    },
  }
}
