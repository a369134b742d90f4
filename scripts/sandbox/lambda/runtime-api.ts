/** Where a function's process asks for events and sends its answers: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

/** `next`: it is ready for an event. `init-error`: its code could not be loaded. */
export type RuntimeMessage =
  | { readonly kind: 'next' }
  | { readonly kind: 'response' | 'error' | 'init-error'; readonly body: string }

export interface RuntimeApi {
  /** Host and port. */
  readonly address: string
  /** Answers the `next` that was asked last. */
  give(payload: string, headers: Readonly<Record<string, string>>): void
  close(): Promise<void>
}

export async function startRuntimeApi(hear: (said: RuntimeMessage) => void): Promise<RuntimeApi> {
  let waiting: ServerResponse | undefined
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = request.url ?? ''
    if (path.endsWith('/invocation/next')) {
      waiting = response
      hear({ kind: 'next' })
      return
    }
    const body = (await request.setEncoding('utf8').toArray()).join('')
    response.writeHead(202).end()
    hear({
      kind: path.endsWith('/init/error') ? 'init-error' : path.endsWith('/error') ? 'error' : 'response',
      body,
    })
  }
  const server = createServer((request, response) => {
    // What a dying process has half sent does not count.
    answer(request, response).catch(() => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || !address)
    throw new Error(`Expected a port for the Runtime API but received ${address}`)
  return {
    address: `127.0.0.1:${address.port}`,
    give(payload, headers) {
      waiting?.writeHead(200, { 'content-type': 'application/json', ...headers }).end(payload)
      waiting = undefined
    },
    close: () =>
      new Promise((done) => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  }
}
