/**
 * One exchange with the server. masto.js 8 makes the request; what came back is read here, because masto.js loses the status of
 * whatever is not JSON, takes a page of HTML for success, has no deadline and follows redirects.
 */

import { AsyncLocalStorage } from 'node:async_hooks'
import { readServerTime, type ServerTime } from '../../core/clock/server-time.ts'
import { ServiceError } from '../../core/failure/failure.ts'

/** `json` is undefined where the body was none, `time` where the server does not say it. */
export type ServerAnswer = {
  readonly status: number
  readonly headers: Headers
  readonly json: unknown
  readonly time: ServerTime | undefined
}

type Exchange = AskOptions & { answer?: ServerAnswer }

const exchanges = new AsyncLocalStorage<Exchange>()
let installed = false

/** masto.js takes no `fetch` as an option, but uses the global one at every call. Every other caller gets the original. */
function installFetch(): void {
  if (installed) return
  installed = true
  const plainFetch = globalThis.fetch
  globalThis.fetch = (input, init) => {
    const exchange = exchanges.getStore()
    return exchange === undefined
      ? plainFetch(input, init)
      : listen(plainFetch, exchange, new Request(input, init))
  }
}

async function listen(plainFetch: typeof fetch, exchange: Exchange, request: Request): Promise<Response> {
  const { userAgent, now, onTime } = exchange
  request.headers.set('User-Agent', userAgent)
  const asked = now()
  // `manual` does not follow a redirect, and tells where it leads. The token must not be sent there.
  const response = await plainFetch(request, { signal: exchange.signal, redirect: 'manual' })
  const { status, headers } = response
  const time = readServerTime(headers.get('date'), asked, now())
  if (time) onTime?.(time)
  const text = withoutSecret(await response.text(), exchange)
  exchange.answer = { status, headers, json: parseJson(text), time }
  return Response.json({})
}

const withoutSecret = (text: string, { secret }: AskOptions): string => text.replaceAll(secret, '(secret)')

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export type AskOptions = {
  readonly userAgent: string
  /** Kept out of every message. */
  readonly secret: string
  readonly signal: AbortSignal
  readonly now: () => number
  /** Is given the time that every answer says. */
  readonly onTime?: ((time: ServerTime) => void) | undefined
}

/** Makes one call, to the last byte within the deadline (ms), and gives whatever the server answered. Throws ServiceError for no answer. */
export type Ask = (
  doing: string,
  deadlineMs: number,
  call: () => PromiseLike<unknown>,
) => Promise<ServerAnswer>

export function createAsk(options: AskOptions): Ask {
  const { signal } = options
  installFetch()
  return async (doing, deadlineMs, call) => {
    const end = new AbortController()
    const onAbort = (): void => end.abort(new Error('the run ended'))
    const timer = setTimeout(
      () => end.abort(new Error(`no answer within ${deadlineMs / 1000} s`)),
      deadlineMs,
    )
    signal.addEventListener('abort', onAbort, { once: true })
    const exchange: Exchange = { ...options, signal: end.signal }
    try {
      if (signal.aborted) onAbort()
      end.signal.throwIfAborted()
      await exchanges.run(exchange, async () => await call())
      if (exchange.answer === undefined) throw new Error('masto.js did not use the global fetch')
      return exchange.answer
    } catch (error) {
      const reason = withoutSecret(describe(end.signal.aborted ? end.signal.reason : error), exchange)
      throw new ServiceError({ service: 'Mastodon', doing, answer: 'nothing', reason })
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
    }
  }
}

/** fetch always says "fetch failed"; the reason is in the error's cause. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { cause } = error
  if (!(cause instanceof Error)) return error.message
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.message
}
