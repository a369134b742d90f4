/** How a server says no. The words are Mastodon's; other families answer with other numbers and shapes. */
import type { Traits } from './traits.ts'

export type RefusalKind =
  | 'malformed'
  | 'unauthorized'
  | 'forbidden'
  | 'missing'
  | 'invalid'
  | 'attached'
  | 'image'
  | 'broken image'
  | 'limited'
  | 'crash'
  | 'busy'

const numbers: Readonly<Record<RefusalKind, number>> = {
  malformed: 400,
  unauthorized: 401,
  forbidden: 403,
  missing: 404,
  invalid: 422,
  attached: 422,
  image: 422,
  'broken image': 500,
  limited: 429,
  crash: 500,
  busy: 503,
}

export class MastodonRefusal extends Error {
  readonly kind: RefusalKind
  readonly details: Readonly<Record<string, unknown>>
  constructor(kind: RefusalKind, message: string, details: Readonly<Record<string, unknown>> = {}) {
    super(message)
    this.kind = kind
    this.details = details
  }
}

const page = (status: number): Response =>
  new Response(
    `<!DOCTYPE html><html><body><h1>${status}</h1><p>We're sorry, but something went wrong.</p></body></html>`,
    {
      status,
      headers: { 'content-type': 'text/html; charset=utf-8' },
    },
  )
const plain = (status: number, text: string): Response =>
  new Response(text, { status, headers: { 'content-type': 'text/plain' } })

export function answerRefusal({ kind, message, details }: MastodonRefusal, traits: Traits): Response {
  const status = numbers[kind]
  if (traits.software === 'snac' && kind === 'unauthorized') return page(422)
  if (traits.htmlErrors) return page(status)
  if (traits.software === 'gotosocial') {
    const spoken = spokenByGotosocial(kind, message)
    if (spoken) return Response.json({ error: spoken.error }, { status: spoken.status })
  }
  if (traits.software === 'hollo') {
    if (kind === 'image' || kind === 'broken image' || kind === 'attached')
      return plain(500, 'Internal Server Error')
    if (kind === 'invalid') return Response.json({ error: message }, { status: 400 })
    if (kind === 'unauthorized') return Response.json({ error: 'invalid_token' }, { status })
  }
  if (kind === 'crash' && message === '') return page(status)
  return Response.json({ error: message, ...details }, { status })
}

function spokenByGotosocial(
  kind: RefusalKind,
  message: string,
): { status: number; error: string } | undefined {
  if (kind === 'invalid' || kind === 'attached') return { status: 400, error: `Bad Request: ${message}` }
  if (kind === 'image' || kind === 'broken image')
    return { status: 422, error: 'Unprocessable Entity: error processing media' }
  if (kind === 'missing') return { status: 404, error: 'Not Found: target status not found' }
  if (kind === 'unauthorized') return { status: 401, error: 'Unauthorized: token not supplied' }
  if (kind === 'limited') return { status: 429, error: 'rate limit reached' }
  return undefined
}
