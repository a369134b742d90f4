/** In place of the native client of Lambda's runtime interface, which takes a compiler: the same three calls over HTTP. */
import { request } from 'node:http'

type Answer = { readonly bodyJson: string; readonly headers: Readonly<Record<string, unknown>> }

const base = `http://${process.env['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime/invocation`
/** The native calls wait for their answer; these are waited for before the next event is asked for. */
let told: Promise<unknown> = Promise.resolve()

function call(method: string, path: string, body = '', headers = {}): Promise<Answer> {
  return new Promise((done, fail) => {
    // No connection is kept: a process that was frozen for minutes must not find it closed.
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
