/** Images that cost nothing: their width tells them apart, and every server takes them as they are. */
import sharp from 'sharp'

const height = 8
/** Posts have a hundred widths each. */
const perPost = 100
const first = 100
/** A smaller size of the same image has this much less. */
const less = 50

const made = new Map<number, Promise<Uint8Array>>()

export const widthOf = (post: number, image: number): number => first + post * perPost + image
/** The smaller size that Tumblr has beside it; none that should ever be posted. */
export const smallerWidth = (width: number): number => width + less

/** Which image of which post it is; undefined for one that nobody drew. */
export function imageOf(width: number): { readonly post: number; readonly image: number } | undefined {
  const image = (width - first) % perPost
  return width < first ? undefined : { post: Math.floor((width - first) / perPost), image }
}

/** A PNG of that width. */
export function drawn(width: number): Promise<Uint8Array> {
  const known =
    made.get(width) ??
    sharp({ create: { width, height, channels: 3, background: '#468' } })
      .png({ compressionLevel: 1 })
      .toBuffer()
  made.set(width, known)
  return known
}
