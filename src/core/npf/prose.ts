import { linkAddress, mediaAddress, showsAddress } from './address.ts'
import type { Block } from './block.ts'
import { writeLinksOut } from './formatting.ts'

/**
 * Blocks as plain text. The lines of a list or a chat stay together; every other block is a paragraph of its own.
 * https://github.com/tumblr/docs/blob/master/npf-spec.md#text-block-subtypes
 */
type Kind = 'list' | 'chat' | 'paragraph'
type Line = { readonly kind: Kind; readonly text: string }
type TextBlock = Extract<Block, { type: 'text' }>

/** The spec's deepest level. */
const deepest = 7
/** Mastodon's web page drops ordinary spaces at the start of a line. */
const indent = '\u2003'

/** The number reached at each level of a list. A block outside the list, or further out, ends the deeper levels. */
type Numbers = readonly number[]

function itemOf(
  block: TextBlock,
  text: string,
  numbers: Numbers,
): { readonly line: Line; readonly numbers: Numbers } {
  const level = Math.min(deepest, Math.max(0, Math.trunc(block.indent_level ?? 0)))
  const outer = Array.from({ length: level }, (_, at) => numbers[at] ?? 0)
  const ordered = block.subtype === 'ordered-list-item'
  const count = (numbers[level] ?? 0) + 1
  const mark = ordered ? `${count}.` : '•'
  return {
    line: { kind: 'list', text: `${indent.repeat(level)}${mark} ${text}` },
    numbers: ordered ? [...outer, count] : outer,
  }
}

const quoteMark = /^["“„«]/

function styled(block: TextBlock, text: string): Line {
  if (block.subtype === 'quote') return { kind: 'paragraph', text: quoteMark.test(text) ? text : `“${text}”` }
  if (block.subtype === 'indented') return { kind: 'paragraph', text: text.replace(/^/gm, '> ') }
  return { kind: block.subtype === 'chat' ? 'chat' : 'paragraph', text }
}

const joined = (parts: readonly (string | undefined)[], by: string): string =>
  parts
    .map((part) => part?.trim() ?? '')
    .filter((part) => part !== '')
    .join(by)

/** A title over its address; a title that only repeats the address says nothing. */
function pointer(title: string, address: string | undefined): string {
  return joined([address !== undefined && showsAddress(title, address) ? '' : title, address], '\n')
}

/** The words of a block that is not text; "" for images and unknown blocks. */
function said(block: Exclude<Block, TextBlock>): string {
  switch (block.type) {
    case 'link':
      return pointer(block.title ?? '', linkAddress(block.display_url) ?? linkAddress(block.url))
    case 'video':
      return linkAddress(block.url) ?? mediaAddress(block.media[0]?.url) ?? ''
    case 'audio': {
      const address = linkAddress(block.url) ?? mediaAddress(block.media[0]?.url)
      return pointer(joined([block.title, block.artist], ', '), address)
    }
    case 'poll':
      return joined(
        [block.question, ...block.answers.map(({ answer_text }) => answerLine(answer_text))],
        '\n',
      )
    case 'image':
    case 'unknown':
      return ''
  }
}

const answerLine = (answer: string | undefined): string => (answer?.trim() ? `• ${answer.trim()}` : '')

/** All words of the blocks, with an empty line between paragraphs; "" if there are none. */
export function proseOf(blocks: readonly Block[]): string {
  let numbers: Numbers = []
  let before: Kind = 'paragraph'
  let prose = ''
  for (const block of blocks) {
    const text = (
      block.type === 'text' ? writeLinksOut(block.text ?? '', block.formatting) : said(block)
    ).trim()
    const isItem = block.type === 'text' && /^(?:un)?ordered-list-item$/.test(block.subtype ?? '')
    const item = isItem && text !== '' ? itemOf(block, text, numbers) : undefined
    numbers = item?.numbers ?? []
    if (text === '') {
      before = 'paragraph'
      continue
    }
    const line =
      item?.line ?? (block.type === 'text' ? styled(block, text) : { kind: 'paragraph' as const, text })
    const together = line.kind !== 'paragraph' && line.kind === before
    prose += (prose === '' ? '' : together ? '\n' : '\n\n') + line.text
    before = line.kind
  }
  return prose
}
