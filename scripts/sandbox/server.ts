import { createServer, type Server } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { getRequestListener, type HttpBindings } from '@hono/node-server'
import type { Hono } from 'hono'
import type { Certificate } from './certificate.ts'

export type SandboxServer = { readonly url: string; close(): Promise<void> }

/** What Hono's handlers find of Node: request, response and socket. */
export type HonoEnv = { Bindings: HttpBindings }

/** Serves an app on 127.0.0.1, over TLS where there is a certificate. Throws where the port is taken. */
export async function listen(
  app: Hono<HonoEnv>,
  options: { readonly port?: number | undefined; readonly certificate?: Certificate } = {},
): Promise<SandboxServer> {
  const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false })
  const { certificate } = options
  const server: Server = certificate
    ? createSecureServer({ key: certificate.key, cert: certificate.pem }, listener)
    : createServer(listener)
  // Long enough that a client's kept connection is not closed at the moment of its next request.
  server.keepAliveTimeout = 10 * 60_000
  await new Promise<void>((done, fail) => {
    server.once('error', fail)
    server.listen(options.port ?? 0, '127.0.0.1', done)
  })
  const address = server.address()
  if (typeof address !== 'object' || !address)
    throw new Error(`Expected a port for the sandbox but received ${address}`)
  return {
    url: `${certificate ? 'https' : 'http'}://127.0.0.1:${address.port}`,
    close: () => closeServer(server),
  }
}

/** Cuts all open connections, also those of faults that never answer. */
const closeServer = (server: Server): Promise<void> =>
  new Promise((done) => {
    server.close(() => done())
    server.closeAllConnections()
  })
