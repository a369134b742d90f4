/** Plain fetch against the sandbox's Mastodon, and pictures to send it. */
import sharp, { type Sharp } from 'sharp'
import { onTestFinished } from 'vitest'
import {
  type MastodonOptions,
  type MastodonSandbox,
  startMastodon,
} from '../../../../scripts/sandbox/mastodon/mastodon.ts'
import { Switchboard } from '../../../../scripts/sandbox/switchboard.ts'

export type Answer = {
  readonly status: number
  readonly type: string
  readonly headers: Headers
  /** What JSON said, else the text. */
  readonly body: unknown
}

export type Client = {
  readonly switchboard: Switchboard
  readonly mastodon: MastodonSandbox
  ask(
    method: string,
    path: string,
    fields?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer>
  upload(bytes: Uint8Array, mimeType?: string, description?: string): Promise<Answer>
  create(fields: unknown, key?: string): Promise<Answer>
}

/** A server of its own for one test. */
export async function start(options?: MastodonOptions): Promise<Client> {
  const switchboard = new Switchboard()
  const mastodon = await startMastodon(switchboard, options)
  onTestFinished(() => mastodon.close())
  const send = async (method: string, path: string, init: RequestInit): Promise<Answer> => {
    const headers = {
      authorization: `Bearer ${mastodon.accessToken}`,
      ...Object.fromEntries(new Headers(init.headers)),
    }
    const answer = await fetch(mastodon.url + path, { ...init, method, headers })
    const type = answer.headers.get('content-type') ?? ''
    const text = await answer.text()
    const body: unknown = type.includes('json') ? JSON.parse(text) : text
    return { status: answer.status, type, headers: answer.headers, body }
  }
  const ask: Client['ask'] = (method, path, fields, headers) =>
    send(method, path, {
      headers: { ...(fields !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(fields !== undefined && { body: JSON.stringify(fields) }),
    })
  return {
    switchboard,
    mastodon,
    ask,
    upload: (bytes, mimeType = 'image/png', description) => {
      const form = new FormData()
      form.append('file', new File([new Uint8Array(bytes)], 'image', { type: mimeType }))
      if (description !== undefined) form.append('description', description)
      return send('POST', '/api/v2/media', { body: form })
    },
    create: (fields, key) =>
      ask('POST', '/api/v1/statuses', fields, key === undefined ? {} : { 'idempotency-key': key }),
  }
}

export const idOf = ({ body }: Answer): string => {
  if (typeof body === 'object' && body !== null && 'id' in body && typeof body.id === 'string') return body.id
  throw new Error(`Expected an id but received ${JSON.stringify(body)}`)
}

const blank = (width: number, height: number): Sharp =>
  sharp({ create: { width, height, channels: 3, background: 'teal' }, limitInputPixels: false })

export const png = (width = 8, height = 6): Promise<Buffer> => blank(width, height).png().toBuffer()
export const jpeg = (width = 8, height = 6): Promise<Buffer> => blank(width, height).jpeg().toBuffer()
export const gif = (width = 8, height = 6): Promise<Buffer> => blank(width, height).gif().toBuffer()

export async function movingGif(): Promise<Buffer> {
  const frames = await Promise.all(
    ['red', 'blue'].map((background) =>
      sharp({ create: { width: 8, height: 6, channels: 3, background } })
        .png()
        .toBuffer(),
    ),
  )
  return sharp(frames, { join: { animated: true } })
    .gif()
    .toBuffer()
}

/** Noise, so that the bytes run to the end of the picture; then cut in two. */
export async function truncatedJpeg(): Promise<Buffer> {
  const noise = { type: 'gaussian', mean: 128, sigma: 40 } as const
  const whole = await sharp({ create: { width: 200, height: 200, channels: 3, noise, background: 'teal' } })
    .jpeg()
    .toBuffer()
  return whole.subarray(0, whole.length / 2)
}
