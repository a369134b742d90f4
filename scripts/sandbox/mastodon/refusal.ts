/** How a server says no. The words are Mastodon's; other families answer with other numbers and shapes. */

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

export const page = (status: number, type = 'text/html; charset=utf-8'): Response =>
  new Response(
    `<!DOCTYPE html><html><body><h1>${status}</h1><p>We're sorry, but something went wrong.</p></body></html>`,
    {
      status,
      headers: { 'content-type': type },
    },
  )
export const plain = (status: number, text: string): Response =>
  new Response(text, { status, headers: { 'content-type': 'text/plain' } })

/** How a family says no. */
export type Manners = {
  /** The family's own answer to some kinds of refusal; for the others there is Mastodon's. */
  ownRefusal?: (kind: RefusalKind, message: string) => Response | undefined
  /** Every other error is a page, as behind a proxy. */
  htmlErrors: boolean
}

export function answerRefusal({ kind, message, details }: MastodonRefusal, manners: Manners): Response {
  const status = numbers[kind]
  const own = manners.ownRefusal?.(kind, message)
  if (own) return own
  if (manners.htmlErrors || (kind === 'crash' && message === '')) return page(status)
  return Response.json({ error: message, ...details }, { status })
}
