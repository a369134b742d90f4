import type { PostImage } from '../post/post.ts'
import { parseBlock } from './block.ts'
import { type NamedBlog, type Voice, voiceOf } from './blog.ts'
import { imageOf } from './image.ts'
import { asks, type Layouts, readingOrder } from './layout.ts'
import { proseOf } from './prose.ts'

/** One author's contribution: the post's own content, or one item of its trail. */
export type Section = {
  readonly voice: Voice
  readonly content: readonly unknown[]
  readonly layout: Layouts
}

/** What a section holds, in reading order. The words of the post's own blog are kept apart from those of others. */
export type Reading = {
  readonly text: string
  readonly quoted: string
  readonly images: readonly PostImage[]
}

/** Reads a section of a post of `home`. The blocks of an ask belong to the asker and not to the blog that answers. */
export function readSection({ voice, content, layout }: Section, home: NamedBlog): Reading {
  const blocks = content.map(parseBlock)
  const askers = asks(layout)
  const shown = readingOrder(layout, blocks.length).flatMap((at) => {
    const [block, asker] = [blocks[at], askers.get(at)]
    if (block === undefined) return []
    return [{ block, voice: asker === undefined ? voice : voiceOf(asker, home, 'asked') }]
  })
  const said = (byHome: boolean): string =>
    proseOf(shown.flatMap(({ block, voice }) => ((voice.origin === 'own') === byHome ? [block] : [])))
  return {
    text: said(true),
    quoted: said(false),
    images: shown.flatMap(({ block, voice }) => (block.type === 'image' ? imageOf(block, voice, home) : [])),
  }
}
