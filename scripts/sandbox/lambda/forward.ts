/** Passes a request on to another endpoint, and its answer back, byte for byte. */
import { request as ask } from 'node:http'
import type { HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'

/** `to`: an http address. The answer is 502 where it cannot be reached. */
export function forward({ incoming, outgoing }: HttpBindings, to: string): Response {
  const asked = ask(new URL(incoming.url ?? '/', to), {
    method: incoming.method ?? 'GET',
    headers: incoming.headers,
    setHost: false,
  })
  asked.on('response', (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(outgoing)
  })
  asked.on('error', (error) => {
    if (outgoing.headersSent) outgoing.destroy()
    else
      outgoing
        .writeHead(502, { 'content-type': 'application/json' })
        .end(JSON.stringify({ message: `Expected an answer from ${to} but received ${error.message}` }))
  })
  incoming.pipe(asked)
  return RESPONSE_ALREADY_SENT
}
