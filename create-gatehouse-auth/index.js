#!/usr/bin/env node
// `npm create gatehouse-auth my-auth` is `gatehouse init my-auth`.

const command = new URL('bin/gatehouse.js', import.meta.resolve('gatehouse-auth/package.json'))
process.argv.splice(2, 0, 'init')
await import(command.href)
