import { type FailureFacts, ServiceError } from '../../core/failure/failure.ts'
import { retryAfter } from '../../core/failure/rate-limit.ts'
import { maxInputBytes, sniffFormat } from '../../core/image/bytes.ts'

export interface ImageSource {
  /**
   * The bytes behind an image address of Tumblr's. Throws ServiceError ('the image host'): refused host, too large, not an
   * image, no answer, or none within `timeLeft` (ms).
   */
  fetchImage(url: string, timeLeft?: () => number): Promise<Uint8Array>
}

export type ImageSourceOptions = {
  /** `TUMBLR_API_URL`: its origin may serve images too (sandbox and tests). */
  readonly apiUrl?: string
  /** Aborts what is open when the run ends. */
  readonly signal?: AbortSignal
  /** Milliseconds until the headers, and until the last byte. */
  readonly headersMs?: number
  readonly totalMs?: number
  readonly maxBytes?: number
}

/**
 * With `text/html` the host sends a viewer page, with `image/webp` it may turn GIF into WebP; a foreign Referer is a 403,
 * and fetch sends none (https://github.com/mikf/gallery-dl/issues/6391).
 */
const accept = 'image/png,image/jpeg,image/gif,*/*;q=0.1'
const acceptWebp = 'image/webp,image/gif,*/*;q=0.1'
const maxRedirects = 3

const standard = { headersMs: 30_000, totalMs: 60_000, maxBytes: maxInputBytes }
type SourceSettings = ImageSourceOptions & typeof standard

/** Fetches images from Tumblr's own hosts only, because the addresses come from posts that strangers wrote. */
export function createImageSource(options: ImageSourceOptions = {}): ImageSource {
  const settings = { ...standard, ...options }
  return {
    async fetchImage(url, timeLeft = () => Number.POSITIVE_INFINITY) {
      const fetchWith = (address: string, accepted: string): Promise<ImageAnswer> =>
        fetchAnswer(address, accepted, {
          ...settings,
          totalMs: Math.min(settings.totalMs, Math.max(0, timeLeft())),
        })
      const first = await fetchWith(url, accept)
      // Some GIFs are served to those alone who take WebP: https://github.com/mikf/gallery-dl/issues/3095
      const asWebp = first.status === 500 && /\.gif$/i.test(url) ? `${url}v` : undefined
      return readImage(url, asWebp === undefined ? first : await fetchWith(asWebp, acceptWebp))
    },
  }
}

type ImageAnswer = {
  readonly status: number
  readonly type: string
  readonly bytes: Uint8Array
  readonly retryAt?: number
}

function readImage(url: string, { status, type, bytes, retryAt }: ImageAnswer): Uint8Array {
  const fail = (reason: string): ServiceError =>
    failure(url, { status, answer: 'other', reason, ...(retryAt !== undefined && { retryAt }) })
  if (status !== 200) throw fail('expected the image')
  const format = sniffFormat(bytes)
  if (format === 'html' || (format === 'other' && !type.startsWith('image/')))
    throw fail(`expected an image but received ${bytes.length} bytes of ${type || 'no type'}`)
  return bytes
}

/** One answer under one deadline. Redirects are followed here, so that each address is checked. Only the body of a 200 is read. */
async function fetchAnswer(url: string, accept: string, settings: SourceSettings): Promise<ImageAnswer> {
  const slow = new AbortController()
  const timer = setTimeout(
    () => slow.abort(new Error(`no headers within ${settings.headersMs} ms`)),
    settings.headersMs,
  )
  const signals = [slow.signal, AbortSignal.timeout(settings.totalMs)]
  const signal = AbortSignal.any(settings.signal ? [...signals, settings.signal] : signals)
  try {
    const response = await followRedirects(url, settings, { headers: { accept }, redirect: 'manual', signal })
    clearTimeout(timer)
    const retryAt = retryAfter((name) => response.headers.get(name), Date.now())
    return {
      status: response.status,
      type: response.headers.get('content-type')?.slice(0, 100) ?? '',
      bytes:
        response.status === 200 ? await readBody(url, response, settings.maxBytes) : await drop(response),
      ...(retryAt !== undefined && { retryAt }),
    }
  } catch (error) {
    if (error instanceof ServiceError) throw error
    throw failure(url, { answer: 'nothing', reason: explain(signal.aborted ? signal.reason : error) }, error)
  } finally {
    clearTimeout(timer)
  }
}

async function followRedirects(url: string, settings: SourceSettings, init: RequestInit): Promise<Response> {
  let at = allow(url, url, settings.apiUrl)
  for (let hops = 0; ; hops += 1) {
    const response = await fetch(at.href, init)
    const { status } = response
    const location = status >= 300 && status < 400 ? response.headers.get('location') : null
    if (location === null) return response
    await drop(response)
    if (hops === maxRedirects)
      throw failure(url, { status, answer: 'other', reason: `more than ${maxRedirects} redirects` })
    at = allow(url, URL.parse(location, at.href)?.href ?? location, settings.apiUrl, status)
  }
}

/** The address, if Levity may fetch it: https under .media.tumblr.com, or the origin of `TUMBLR_API_URL`. Throws otherwise. */
function allow(url: string, next: string, apiUrl: string | undefined, status?: number): URL {
  const parsed = URL.parse(next)
  const own =
    parsed?.protocol === 'https:' && parsed.port === '' && /[^.]\.media\.tumblr\.com$/.test(parsed.hostname)
  const sandbox = apiUrl !== undefined && parsed !== null && parsed.origin === URL.parse(apiUrl)?.origin
  if (parsed !== null && (own || sandbox) && parsed.username === '' && parsed.password === '') return parsed
  const came = `${status === undefined ? '' : 'a redirect to '}${parsed?.origin ?? 'no address'}`
  const reason = `expected an https address under .media.tumblr.com but received ${came}`
  // Where a host leads may change; an address in a post stays.
  const whether = status === undefined ? { permanent: true as const } : { status }
  throw failure(url, { ...whether, answer: 'other', reason })
}

/** Stops reading as soon as the limit is passed, whatever Content-Length says. */
async function readBody(url: string, response: Response, maxBytes: number): Promise<Uint8Array> {
  const tooLarge = (): ServiceError =>
    failure(url, {
      status: response.status,
      answer: 'other',
      reason: `more than ${maxBytes} bytes`,
      permanent: true,
    })
  if (Number(response.headers.get('content-length')) > maxBytes) {
    await drop(response)
    throw tooLarge()
  }
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response.body ?? []) {
    length += chunk.length
    if (length > maxBytes) throw tooLarge()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, length)
}

async function drop(response: Response): Promise<Uint8Array> {
  await response.body?.cancel()
  return new Uint8Array()
}

function failure(
  url: string,
  facts: Pick<FailureFacts, 'status' | 'answer' | 'reason' | 'retryAt' | 'permanent'>,
  cause?: unknown,
): ServiceError {
  const parsed = URL.parse(url)
  const address = parsed === null ? 'an address that is none' : parsed.origin + parsed.pathname
  return new ServiceError({ service: 'the image host', doing: `send ${address}`, ...facts }, cause)
}

/** What fetch hides in the cause: ECONNREFUSED, ENOTFOUND, … */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message
}
