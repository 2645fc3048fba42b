// A server of built files, as a static host.

import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join } from 'node:path'
import { after } from 'node:test'

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
}

export async function serveFolder(folder: string, port: number) {
  const server = createServer(({ url = '/' }, response) => {
    const path = new URL(url, 'http://localhost').pathname
    const file = join(folder, path === '/' ? 'index.html' : path)
    const type = types[extname(file)]
    if (!type || !existsSync(file)) return response.writeHead(404).end()
    return response.writeHead(200, { 'content-type': type }).end(readFileSync(file))
  }).listen(port, '127.0.0.1')
  await once(server, 'listening')
  after(() => server.close())
}
