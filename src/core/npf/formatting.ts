import type * as v from 'valibot'
import { linkAddress, showsAddress } from './address.ts'
import { list, number, object, words } from './field.ts'

/**
 * Inline formatting. In plain text only links remain; the text of a mention is its `@name`.
 * https://github.com/tumblr/docs/blob/master/npf-spec.md#text-block-inline-formatting
 */
const formattingSchema = object({ type: words, start: number, end: number, url: words })
export const formattingsSchema: v.GenericSchema<unknown, readonly Formatting[]> = list(formattingSchema)
export type Formatting = v.InferOutput<typeof formattingSchema>

type Link = { readonly start: number; readonly end: number; readonly address: string }

/** The links in order, each once. Tumblr splits a link in two where a word in it is bold, and ranges may overlap. */
function linksOf(formatting: readonly Formatting[], length: number): readonly Link[] {
  const links = formatting.flatMap(({ type, start, end, url }) => {
    const address = type === 'link' ? linkAddress(url) : undefined
    if (address === undefined || start === undefined || end === undefined) return []
    return [{ start: Math.max(0, Math.trunc(start)), end: Math.min(length, Math.trunc(end)), address }]
  })
  const apart: Link[] = []
  for (const link of links.toSorted((one, other) => one.start - other.start)) {
    const last = apart.at(-1)
    if (last !== undefined && last.address === link.address && link.start <= last.end) {
      apart[apart.length - 1] = { ...last, end: Math.max(last.end, link.end) }
    } else {
      const start = Math.max(link.start, last?.end ?? 0)
      if (start < link.end) apart.push({ ...link, start })
    }
  }
  return apart
}

/** The link's text followed by its address; spaces around the text stay outside. */
function writtenOut(text: string, address: string): string {
  const shown = text.trim()
  if (shown === '') return text
  const readable = showsAddress(shown, address) ? address : `${shown} (${address})`
  return text.replace(shown, () => readable)
}

/** The text with its links written out. Offsets are code points, not UTF-16 units. */
export function writeLinksOut(text: string, formatting: readonly Formatting[]): string {
  const points = Array.from(text)
  const slice = (start: number, end?: number): string => points.slice(start, end).join('')
  let written = ''
  let at = 0
  for (const { start, end, address } of linksOf(formatting, points.length)) {
    written += slice(at, start) + writtenOut(slice(start, end), address)
    at = end
  }
  return written + slice(at)
}
