import * as v from 'valibot'
import { list, number, object, record, words } from './field.ts'
import { formattingsSchema } from './formatting.ts'
import { imageEntries } from './image.ts'

const media = list(object({ url: words }))

const knownSchema = v.variant('type', [
  v.object({
    type: v.literal('text'),
    text: words,
    subtype: words,
    indent_level: number,
    formatting: formattingsSchema,
  }),
  v.object({ type: v.literal('image'), ...imageEntries }),
  v.object({ type: v.literal('link'), url: words, display_url: words, title: words }),
  v.object({ type: v.literal('video'), url: words, media }),
  v.object({ type: v.literal('audio'), url: words, media, title: words, artist: words }),
  v.object({ type: v.literal('poll'), question: words, answers: list(object({ answer_text: words })) }),
])

/**
 * One content block. Preview pictures of videos and links are not images of the post, and the words of a paywall are
 * Tumblr's. A kind of block that Levity does not know is `unknown`. It still counts, because layouts name blocks by number.
 * https://github.com/tumblr/docs/blob/master/npf-spec.md#content-blocks
 */
export type Block = v.InferOutput<typeof knownSchema> | { readonly type: 'unknown' }

const blockSchema: v.GenericSchema<unknown, Block> = v.fallback(
  v.union([v.pipe(record, knownSchema), v.object({ type: v.literal('unknown') })]),
  { type: 'unknown' },
)

export function parseBlock(json: unknown): Block {
  return v.parse(blockSchema, json)
}
