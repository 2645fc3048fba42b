// What a thread of `wrapping.ts` does: it hears a digest, and says it wrapped.

import { parentPort, workerData } from 'node:worker_threads'
import type { Cost } from '../../src/passwords/argon2.ts'
import { wrapped } from '../../src/passwords/wrapped.ts'
import { nodesArgon2 } from '../argon2.ts'

const { wrap } = wrapped(nodesArgon2())
const cost = workerData as Cost

parentPort?.on('message', (encoded: string) => parentPort?.postMessage(wrap(encoded, cost)))
