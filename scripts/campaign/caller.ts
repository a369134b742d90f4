/** Says on every call of this process which run makes it (header `x-sandbox-run`), whichever client sends it. */
import { AsyncLocalStorage } from 'node:async_hooks'
import { subscribe } from 'node:diagnostics_channel'
import type { ClientRequest } from 'node:http'

const header = 'x-sandbox-run'
const current = new AsyncLocalStorage<string>()
let installed = false

/** Whatever `work` calls, now or later, is a call of this run. */
export function asRun<T>(run: string, work: () => T): T {
  install()
  return current.run(run, work)
}

function install(): void {
  if (installed) return
  installed = true
  subscribe('http.client.request.created', (message) => {
    const run = current.getStore()
    if (run !== undefined) (message as { readonly request: ClientRequest }).request.setHeader(header, run)
  })
  const plainFetch = globalThis.fetch
  globalThis.fetch = (input, init) => {
    const run = current.getStore()
    if (run === undefined) return plainFetch(input, init)
    const headers = new Headers(init?.headers ?? (input instanceof Request ? input.headers : undefined))
    headers.set(header, run)
    return plainFetch(input, { ...init, headers })
  }
}
