/** Posts as the real API once sent them, with pictures of the sandbox in place of Tumblr's. */
import type { PictureFormat } from '../pictures/bytes.ts'
import type { PictureDraft, Pictures } from '../pictures/pictures.ts'
import type { Raw } from './post.ts'

const onMediaHost = /^https?:\/\/(?:[\w-]+\.)*media\.tumblr\.com\//

/** The real formats behind these names: `.pnj` is a JPEG that is called PNG, and `.gifv` an animated WebP. */
const formats: Readonly<Record<string, { readonly format: PictureFormat; readonly frames?: number }>> = {
  jpg: { format: 'jpeg' },
  jpeg: { format: 'jpeg' },
  png: { format: 'png' },
  pnj: { format: 'jpeg' },
  gif: { format: 'gif', frames: 3 },
  gifv: { format: 'webp', frames: 3 },
  webp: { format: 'webp' },
}

const isRaw = (value: unknown): value is Raw =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const pixels = (value: unknown, otherwise: number): number =>
  typeof value === 'number' && value > 0 ? value : otherwise

/** Undefined for what is not a picture, such as a video. */
function draftOf(url: string, beside: Raw): PictureDraft | undefined {
  const { pathname } = new URL(url)
  const extension = pathname.split('.').at(-1)?.toLowerCase() ?? ''
  const known = formats[extension]
  if (!known) return undefined
  const [, boxWidth, boxHeight] = /\/s(\d+)x(\d+)/.exec(pathname) ?? []
  return {
    ...known,
    // All sizes of one image show the same.
    seed: pathname.split('/')[1] ?? pathname,
    extension,
    width: pixels(beside['width'], Number(boxWidth ?? 500)),
    height: pixels(beside['height'], Number(boxHeight ?? 500)),
    ...(typeof beside['type'] === 'string' && { type: beside['type'] }),
  }
}

/** The same JSON. Every picture on Tumblr's media host is replaced by one of the sandbox's, in the size that is given beside it. */
export function withSandboxPictures(value: unknown, pictures: Pictures, beside: Raw = {}): unknown {
  if (Array.isArray(value)) return value.map((item) => withSandboxPictures(item, pictures))
  if (isRaw(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, withSandboxPictures(item, pictures, value)]),
    )
  }
  if (typeof value !== 'string' || !onMediaHost.test(value) || /\s/.test(value)) return value
  const draft = draftOf(value, beside)
  return draft ? pictures.addOne(draft) : value
}
