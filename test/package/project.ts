// The project that all of these tests share, so that npm installs once.

import { join } from 'node:path'
import { run, succeed, workshop } from './workshop.ts'

export const project = join(workshop, 'my-auth')
export const file = (name: string) => join(project, name)

export const inProject = (...command: string[]) => succeed(command, { cwd: project })

// Not by npx, so that an old Node starts it.
const command = () => file('node_modules/.bin/gatehouse')

/** Runs the command, which must succeed. */
export const gatehouse = (...parameters: string[]) => inProject(command(), ...parameters)

/** Runs the command, which may fail. */
export const tryGatehouse = (...parameters: string[]) =>
  run([command(), ...parameters], { cwd: project })
