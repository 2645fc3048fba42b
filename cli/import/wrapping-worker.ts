// The thread that wrapping.ts starts: receives a digest, and sends it back wrapped.

import { parentPort, workerData } from 'node:worker_threads'
import type { Cost } from '../../src/passwords/argon2.ts'
import { wrapped } from '../../src/passwords/wrapped.ts'
import { nodeArgon2 } from '../argon2.ts'

const { wrap } = wrapped(nodeArgon2())
const cost = workerData as Cost

parentPort?.on('message', (encoded: string) => parentPort?.postMessage(wrap(encoded, cost)))
