/** The statuses of a planned post. Their images are fetched and fitted as a run would do it, and not sent. */

import type { PlannedStatus } from '../../core/report/report.ts'
import type { Limits } from '../../core/server/limits.ts'
import type { DraftImage, StatusDraft } from '../../core/status/status.ts'
import { countCharacters } from '../../core/status/text.ts'
import type { ImageSource, KeptImage, World } from '../../world.ts'
import { type PreparedImage, prepareImage } from '../publish/prepare.ts'

/** `out`: addresses of the statuses that are there already, in order. */
export async function planStatuses(
  post: string,
  thread: readonly StatusDraft[],
  out: readonly string[],
  limits: Limits,
  world: World,
): Promise<readonly PlannedStatus[]> {
  const total = thread.reduce((sum, { images }) => sum + images.length, 0)
  const planned: PlannedStatus[] = []
  let done = 0
  for (const [part, { images, ...words }] of thread.entries()) {
    const posted = out[part]
    const shown: PlannedStatus['images'][number][] = []
    for (const [index, image] of posted === undefined ? images.entries() : []) {
      const which = { route: world.config.name, post, image: done + index + 1, of: total }
      shown.push(await planImage(image, limits, world, which))
    }
    done += images.length
    const count = countCharacters(words.text, words.spoilerText ?? '', limits)
    const characters = { count, most: limits.characters }
    planned.push({ ...words, characters, ...(posted !== undefined && { posted }), images: shown })
  }
  return planned
}

type Which = Pick<KeptImage, 'route' | 'post' | 'image' | 'of'>

async function planImage(
  image: DraftImage,
  limits: Limits,
  world: World,
  which: Which,
): Promise<PlannedStatus['images'][number]> {
  const { source, fetched } = remembering(world)
  const prepared = await prepareImage(image, limits, source, world.images, { settle: true })
  const { url, change, before, bytes, mimeType, width, height } = prepared
  keep(prepared, fetched.get(url), which, world)
  return {
    url,
    change,
    from: { bytes: before.bytes, width: before.width, height: before.height },
    to: { bytes: bytes.length, width, height, mimeType },
    ...(image.altText !== undefined && { altText: image.altText }),
  }
}

function keep(image: PreparedImage, original: Uint8Array | undefined, which: Which, world: World): void {
  if (world.keep === undefined || original === undefined) return
  const { bytes, mimeType, width, height, change, before } = image
  world.keep({
    ...which,
    change,
    from: { ...before, bytes: original, mimeType: `image/${before.format}` },
    to: { bytes, mimeType, width, height },
  })
}

/** Remembers the bytes that were fetched: the fitted image does not hold them any more. */
function remembering({ source, keep }: World): {
  readonly source: ImageSource
  readonly fetched: ReadonlyMap<string, Uint8Array>
} {
  const fetched = new Map<string, Uint8Array>()
  if (keep === undefined) return { source, fetched }
  return {
    fetched,
    source: {
      async fetchImage(url) {
        const bytes = await source.fetchImage(url)
        fetched.set(url, bytes)
        return bytes
      },
    },
  }
}
