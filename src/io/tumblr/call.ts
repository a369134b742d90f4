/** One call through tumblr.js 5, which has no deadline, never ends if the answer breaks off, and discards the body of an error. */

import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { Client } from 'tumblr.js'

/** What came back: `data` is the envelope's `response`; `body` the text of an error, as far as it was short. */
export type TumblrAnswer = {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly data: unknown
  readonly body: string
}

/** There was no answer, or only a part of one. The message says why, without the address, which contains the key. */
export class NoAnswer extends Error {
  readonly stale: boolean
  constructor(why: string, stale = false) {
    super(why)
    this.name = 'NoAnswer'
    this.stale = stale
  }
}

export type CallBounds = { readonly signal: AbortSignal; readonly deadlineMs: number }

/** The most characters that are read of an error's body. Tumblr's have a few hundred. */
const BODY_LIMIT = 16_384

/** Asks once, and again if a kept-alive connection turned out to be closed (https://nodejs.org/api/http.html#requestreusedsocket). Throws NoAnswer. */
export async function callTumblr(
  client: Client,
  path: string,
  params: Readonly<Record<string, unknown>>,
  bounds: CallBounds,
): Promise<TumblrAnswer> {
  try {
    return await callOnce(client, path, params, bounds)
  } catch (error) {
    if (error instanceof NoAnswer && error.stale) return callOnce(client, path, params, bounds)
    throw error
  }
}

function callOnce(
  client: Client,
  path: string,
  params: Readonly<Record<string, unknown>>,
  { signal, deadlineMs }: CallBounds,
): Promise<TumblrAnswer> {
  return new Promise((resolve, reject) => {
    let request: ClientRequest | undefined
    const settle = (finish: () => void): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
      finish()
    }
    const giveUp = (why: string): void =>
      settle(() => {
        reject(new NoAnswer(why))
        request?.destroy(new Error(why))
      })
    const onAbort = (): void => giveUp('the run ended')
    // The timer keeps the process alive: an answer that breaks off would otherwise end it in silence.
    const timer = setTimeout(() => giveUp(`no answer within ${deadlineMs / 1000} s`), deadlineMs)
    if (signal.aborted) return onAbort()
    signal.addEventListener('abort', onAbort, { once: true })

    let body = ''
    try {
      request = requestMadeBy(() => {
        // Only the callback gets the status and the headers, also those of errors.
        client.getRequest(path, withoutUndefined(params), (error, data, raw) => {
          if (raw?.statusCode === undefined) return settle(() => reject(noAnswer(error, request)))
          const { statusCode: status, headers } = raw
          settle(() => resolve({ status, headers, data: error === null ? data : undefined, body }))
        })
      })
    } catch (error) {
      return settle(() => reject(noAnswer(error, undefined)))
    }
    request?.once('response', (response: IncomingMessage) => {
      response.once('aborted', () => settle(() => reject(new NoAnswer('the answer broke off'))))
      if ((response.statusCode ?? 0) < 400) return
      response.setEncoding('utf8')
      response.on('data', (text: string) => {
        if (body.length < BODY_LIMIT) body += text
      })
    })
  })
}

/** The request that `start` opens. tumblr.js does not return it, but Node announces it on a channel. */
function requestMadeBy(start: () => void): ClientRequest | undefined {
  let made: ClientRequest | undefined
  const listen = (message: unknown): void => {
    made ??= (message as { readonly request: ClientRequest }).request
  }
  subscribe('http.client.request.created', listen)
  try {
    start()
  } finally {
    unsubscribe('http.client.request.created', listen)
  }
  return made
}

function noAnswer(error: unknown, request: ClientRequest | undefined): NoAnswer {
  const { code, message } = error as NodeJS.ErrnoException
  const stale = request?.reusedSocket === true && (code === 'ECONNRESET' || code === 'EPIPE')
  return new NoAnswer(code ?? message, stale)
}

/** tumblr.js would send them as the word "undefined". */
const withoutUndefined = (params: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(params).filter(([, value]) => value !== undefined))
