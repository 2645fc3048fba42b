// The project that all of these tests share, so that npm installs once.

import { join } from 'node:path'
import { run, succeed, workshop } from './workshop.ts'

export const project = join(workshop, 'my-auth')
export const file = (name: string) => join(project, name)

export const inProject = (...command: string[]) => succeed(command, { cwd: project })

/** Runs the command, which must succeed. */
export const gatehouse = (...parameters: string[]) =>
  inProject('npx', '--no-install', 'gatehouse', ...parameters)

/** Runs the command, which may fail. */
export const tryGatehouse = (...parameters: string[]) =>
  run(['npx', '--no-install', 'gatehouse', ...parameters], { cwd: project })
