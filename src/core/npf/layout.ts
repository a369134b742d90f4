import * as v from 'valibot'
import { attributedBlog, attributionSchema } from './attribution.ts'
import type { NamedBlog } from './blog.ts'
import { list, object, words } from './field.ts'

/**
 * Which blocks are shown, in which order, and which are an asker's.
 * https://github.com/tumblr/docs/blob/master/npf-spec.md#layout-blocks
 */
const index = v.pipe(v.number(), v.integer(), v.minValue(0))
const indices = list(index)
/** A row is `{blocks, mode}` (a carousel is a row too); the older spelling of the spec has bare lists of indices. */
const rowSchema = v.union([
  v.pipe(
    object({ blocks: indices }),
    v.transform(({ blocks }) => blocks),
  ),
  indices,
])

export const layoutsSchema = list(
  object({
    type: words,
    display: list(rowSchema),
    rows: list(rowSchema),
    blocks: indices,
    attribution: attributionSchema,
  }),
)
export type Layouts = v.InferOutput<typeof layoutsSchema>

/**
 * The indices of `count` blocks in reading order. Without rows (`layout` is mostly empty) that is the order of the
 * content. Blocks that no row names are hidden, except an asker's. Where "read more" cuts the post does not matter.
 */
export function readingOrder(layouts: Layouts, count: number): readonly number[] {
  const rows = layouts
    .filter(({ type }) => type === 'rows')
    .flatMap(({ display, rows }) => [...display, ...rows])
  const listed = rows.flat().filter((at) => at < count)
  if (listed.length === 0) return Array.from({ length: count }, (_, at) => at)
  const shown = new Set(listed)
  const asked = [...asks(layouts).keys()].filter((at) => at < count && !shown.has(at))
  return [...asked, ...shown]
}

/** Who asked, for each block of an ask; an anonymous asker is a blog without a name. */
export function asks(layouts: Layouts): ReadonlyMap<number, NamedBlog> {
  const asked = layouts.filter(({ type }) => type === 'ask')
  return new Map(
    asked.flatMap(({ blocks, attribution }) =>
      blocks.map((at): [number, NamedBlog] => [at, attributedBlog(attribution) ?? {}]),
    ),
  )
}
