/** The media host: pictures of its own making, in every size Tumblr would serve. */
import { createHash } from 'node:crypto'
import { Hono } from 'hono'
import type { HonoEnv } from '../server.ts'
import type { Switchboard } from '../switchboard.ts'
import {
  bombSide,
  drawPicture,
  makeBomb,
  type Orientation,
  type PictureBytes,
  type PictureFormat,
} from './bytes.ts'

/** A picture as its author uploads it. */
export type PictureDraft = {
  /** Pixels, upright. */
  readonly width: number
  readonly height: number
  /** jpeg unless said. */
  readonly format?: PictureFormat
  /** The same seed is the same scenery; another for each picture unless said. */
  readonly seed?: string
  readonly orientation?: Orientation
  readonly gps?: boolean
  readonly grain?: boolean
  /** At least so many, in the largest size. */
  readonly bytes?: number
  /** A GIF has 8 unless said, all else 1. */
  readonly frames?: number
  /** Lies: what its addresses and the API call it, whatever its bytes are. */
  readonly extension?: string
  readonly type?: string
  /** These very bytes, in every size. */
  readonly served?: Uint8Array
  readonly state?: PictureState
}

/** `missing` answers 404, `forbidden` 403 as for a removed object, `broken` 500, `page` an HTML page, `bomb` 900 megapixels. */
export type PictureState = 'fine' | 'missing' | 'forbidden' | 'broken' | 'page' | 'truncated' | 'bomb'

/** As in NPF: https://github.com/tumblr/docs/blob/master/npf-spec.md#media-objects */
export type MediaObject = {
  readonly url: string
  readonly media_key?: string
  readonly type: string
  readonly width: number
  readonly height: number
  readonly cropped?: true
  readonly has_original_dimensions?: true
}

type Served = { readonly draft: PictureDraft; readonly bytes: PictureBytes }

/** The boxes that Tumblr fits an image into, largest first; an image is never enlarged. */
const ladder = [
  [2048, 3072],
  [1280, 1920],
  [640, 960],
  [540, 810],
  [500, 750],
  [400, 600],
  [250, 400],
  [100, 200],
] as const

const extensions = { jpeg: 'jpg', png: 'png', gif: 'gif', webp: 'webp', avif: 'avif' } as const

const digest = (...parts: readonly unknown[]): string =>
  createHash('sha1').update(parts.join('\n')).digest('hex')

export class Pictures {
  readonly #served = new Map<string, Served>()
  readonly #states = new Map<string, PictureState>()
  readonly #origin: () => string
  #count = 0

  /** `origin` is asked when an address is made. */
  constructor(origin: () => string) {
    this.#origin = origin
  }

  /** Takes a picture in and returns its media objects, widest first, a cropped square last. */
  add(draft: PictureDraft): readonly [MediaObject, ...MediaObject[]] {
    const seed = draft.seed ?? `picture ${++this.#count}`
    const key = digest(seed, this.#served.size)
    const whole = draft.state === 'bomb' ? { width: bombSide, height: bombSide } : draft
    const fits = ladder.map(([width, height]) => ({
      name: `s${width}x${height}`,
      share: Math.min(1, width / whole.width, height / whole.height),
    }))
    // The smallest box that holds it whole, else the largest there is; then each smaller box.
    const first = Math.max(
      0,
      fits.findLastIndex(({ share }) => share === 1),
    )
    const sizes = fits.slice(first).map(({ name, share }) => ({
      name,
      width: Math.max(1, Math.round(whole.width * share)),
      height: Math.max(1, Math.round(whole.height * share)),
      ...(share === 1 && { has_original_dimensions: true as const }),
    }))
    const square = { name: 's75x75_c1', width: 75, height: 75, cropped: true as const }
    const [widest = square, ...others] = sizes
    const serve = ({ name, ...size }: typeof square | (typeof sizes)[number], bytes = 0): MediaObject => ({
      media_key: `${key.slice(0, 32)}:${key.slice(0, 16)}-00`,
      type: draft.type ?? `image/${draft.format ?? 'jpeg'}`,
      ...size,
      url: this.#serve(draft, { ...size, seed, bytes }, `${key.slice(0, 32)}/${key.slice(0, 16)}-00/${name}`),
    })
    return [serve(widest, draft.bytes), ...others.map((size) => serve(size)), serve(square)]
  }

  /** One address, of exactly these pixels. */
  addOne(draft: PictureDraft): string {
    const seed = draft.seed ?? `picture ${++this.#count}`
    const key = digest(seed, this.#served.size).slice(0, 32)
    return this.#serve(
      draft,
      { ...draft, seed, bytes: draft.bytes ?? 0 },
      `${key}/s${draft.width}x${draft.height}`,
    )
  }

  /** From now on the picture behind this address (one size of it) is in this state. */
  spoil(url: string, state: PictureState): void {
    this.#states.set(new URL(url).pathname, state)
  }

  /** What the address serves, untouched by `spoil`. */
  async bytes(url: string): Promise<Uint8Array> {
    const served = this.#served.get(new URL(url).pathname)
    if (!served) throw new Error(`Expected the address of a sandbox picture but received ${url}`)
    return bytesOf(served, served.draft.state ?? 'fine')
  }

  /** Every size has its own signed name, so that no size can be had by rewriting the address of another. */
  #serve(
    draft: PictureDraft,
    size: { seed: string; width: number; height: number; bytes: number },
    folder: string,
  ): string {
    const format = draft.format ?? 'jpeg'
    const path = `/media/${folder}/${digest(folder, 'signed')}.${draft.extension ?? extensions[format]}`
    const { seed, width, height, bytes } = size
    const { orientation, gps, grain, frames = format === 'gif' ? 8 : 1 } = draft
    this.#served.set(path, {
      draft,
      bytes: {
        ...{ seed, format, width, height, frames },
        ...(orientation && { orientation }),
        ...(gps && { gps }),
        ...(grain && { grain }),
        ...(bytes > 0 && { bytes }),
        ...(draft.state === 'truncated' && { truncated: true }),
      },
    })
    return this.#origin() + path
  }

  routes(switchboard: Switchboard): Hono<HonoEnv> {
    const app = new Hono<HonoEnv>()
    app.use(
      '/media/*',
      switchboard.watch('pictures', () => 'picture'),
    )
    app.get('/media/*', (c) =>
      this.#answer(c.req.path, c.req.header('accept') ?? '*/*', c.req.header('referer')),
    )
    return app
  }

  #isHome(referer: string): boolean {
    const from = URL.parse(referer)
    return from?.origin === this.#origin() || /(^|\.)tumblr\.com$/.test(from?.hostname ?? '')
  }

  /** As the real host behaves: an HTML viewer for whoever takes HTML, 403 for pages of others. */
  async #answer(path: string, accept: string, referer: string | undefined): Promise<Response> {
    const served = this.#served.get(path)
    const state = this.#states.get(path) ?? served?.draft.state ?? 'fine'
    if (referer !== undefined && !this.#isHome(referer)) return denied()
    if (!served || state === 'missing') return page(404, 'Not found')
    if (state === 'forbidden') return denied()
    if (state === 'broken') return page(500, 'Internal Server Error')
    if (state === 'page') return page(200, 'Tumblr')
    if (accept.includes('text/html')) return page(200, `<img src="${this.#origin()}${path}">`)
    const type = served.draft.type ?? `image/${served.bytes.format}`
    return new Response(Buffer.from(await bytesOf(served, state)), { headers: { 'content-type': type } })
  }
}

async function bytesOf({ draft, bytes }: Served, state: PictureState): Promise<Uint8Array> {
  if (state === 'bomb') return makeBomb()
  if (draft.served) return draft.served
  return drawPicture(state === 'truncated' ? { ...bytes, truncated: true } : bytes)
}

const page = (status: number, body: string): Response =>
  new Response(`<!DOCTYPE html><html><body>${body}</body></html>`, {
    status,
    headers: { 'content-type': 'text/html; charset=utf-8' },
  })

const denied = (): Response =>
  new Response(
    '<?xml version="1.0" encoding="UTF-8"?><Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>',
    { status: 403, headers: { 'content-type': 'application/xml' } },
  )
