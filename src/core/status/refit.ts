/** V3: what is left of a frozen thread, divided anew for limits that have changed since. */
import type { Limits } from '../server/limits.ts'
import { chunkEvenly, type StatusDraft } from './status.ts'
import { countCharacters, countCodePoints, cutText } from './text.ts'

type Thread = readonly [StatusDraft, ...StatusDraft[]]

/** `out`: how many parts stand there already, at least one; they stay as they are. The images keep their order. */
export function refitThread(thread: Thread, out: number, limits: Limits): Thread {
  const [root, ...replies] = thread
  const left = replies.slice(out - 1)
  const [image, ...images] = left.flatMap((part) => part.images)
  const [like] = left
  if (image === undefined || like === undefined) return thread
  const chunks = chunkEvenly([image, ...images], limits.imagesPerStatus)
  const parts = out + chunks.length
  const warning = like.spoilerText !== undefined && {
    spoilerText: cutText(like.spoilerText, Math.floor(limits.characters / 2), (text) =>
      countCharacters('', text, limits),
    ),
  }
  const again = chunks.map(([first, ...others], at): StatusDraft => {
    const within = (one: typeof first): typeof first => ({
      ...one,
      ...(one.altText !== undefined && {
        altText: cutText(one.altText, limits.altTextCharacters, countCodePoints),
      }),
    })
    return {
      ...like,
      ...warning,
      text: `${out + at + 1}/${parts}`,
      images: [within(first), ...others.map(within)],
    }
  })
  return [root, ...replies.slice(0, out - 1), ...again]
}

/** Whether a server with these limits takes the words, and so many images. */
export const isWithin = ({ text, spoilerText = '', images }: StatusDraft, limits: Limits): boolean =>
  images.length <= limits.imagesPerStatus &&
  countCharacters(text, spoilerText, limits) <= limits.characters &&
  images.every(({ altText = '' }) => countCodePoints(altText) <= limits.altTextCharacters)
