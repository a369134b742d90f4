/** The three calls of Lambda's runtime interface over HTTP. The native client would need a compiler. */
import { request } from 'node:http'

type Answer = { readonly bodyJson: string; readonly headers: Readonly<Record<string, unknown>> }

const base = `http://${process.env['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime/invocation`
/** The native calls wait for their answer. Here `next` waits for the call before it. */
let told: Promise<unknown> = Promise.resolve()

function call(method: string, path: string, body = '', headers = {}): Promise<Answer> {
  return new Promise((done, fail) => {
    // No connection is kept, because it may be closed while the process is frozen.
    const asked = request(`${base}/${path}`, { method, headers, agent: false }, (response) => {
      let bodyJson = ''
      response.setEncoding('utf8').on('data', (text: string) => {
        bodyJson += text
      })
      response.on('end', () => done({ bodyJson, headers: response.headers }))
      response.on('error', fail)
    })
    asked.on('error', fail).end(body)
  })
}

export async function next(): Promise<Answer> {
  await told
  return call('GET', 'next')
}

export function done(id: string, body: string): void {
  told = call('POST', `${id}/response`, body)
}

export function error(id: string, body: string): void {
  told = call('POST', `${id}/error`, body)
}
