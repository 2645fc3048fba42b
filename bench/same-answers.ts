// The floor must do the work of Gatehouse. So before the run, both answer each request, and the answers must be equal.

import type { Case } from './cases.ts'
import type { Chain } from './load.ts'

/** @throws Error if an answer of the floor has another header, or another body; of tokens, only the form is compared */
export async function checkSameAnswers(cases: Case[]) {
  for (const floor of cases.filter(({ system }) => system === 'floor')) {
    const ours = cases.find((each) => each.system === 'gatehouse' && each.request === floor.request)
    if (!ours) continue
    const [expected, found] = await Promise.all([answerOf(ours), answerOf(floor)])
    if (expected !== found) {
      throw new Error(`${floor.request}: the floor answers\n${found}\nand Gatehouse\n${expected}`)
    }
  }
}

async function answerOf({ server, prepare }: Case): Promise<string> {
  const [chain] = await prepare()
  if (!chain) throw new Error('A case needs a chain')
  const answer = await fetch(server.origin + chain.path, initOf(chain))
  const headers = [...answer.headers].filter(([name]) => name !== 'date')
  return JSON.stringify({ status: answer.status, headers, body: formOf(await answer.text()) })
}

const initOf = ({ method, headers, body }: Chain): RequestInit => ({
  method,
  headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
  ...(body && { body: body() }),
})

/** Without digits and letters of tokens, which differ in each answer. */
const formOf = (body: string) =>
  body.replaceAll(/"(eyJ[\w-]+)\.([\w-]+)\.[\w-]+"/g, (_, header: string, payload: string) => {
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
    return JSON.stringify([header, Object.keys(claims), claims.exp - claims.iat])
  })
