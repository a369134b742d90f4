/** What a person filled into the form of a post. It is shown again where something is wrong with it. */
import type { ImageDraft, PostDraft } from '../sandbox/tumblr/post.ts'
import { isSample, samplePictures } from './sample-pictures.ts'
import { imagesOf, type ShownPost, textsOf } from './shown-post.ts'
import { readUpload } from './upload.ts'

/** One image of the form. `choice`: the name of a sample, `kept` for an image that the post has, or `none`. */
export type Row = {
  readonly choice: string
  /** Of a sample: the same seed gives the same picture. */
  readonly seed: string
  readonly altText: string
  /** Which image of the post it was. */
  readonly kept?: number | undefined
}
export type Filled = {
  readonly text: string
  /** Separated by commas. */
  readonly tags: string
  readonly pinned: boolean
  /** `2026-11-24T13:05`, or empty for now. */
  readonly date: string
  readonly rows: readonly Row[]
  /** The blog that is reblogged; empty for an own post. */
  readonly source: string
  readonly sourceText: string
  readonly sourceImages: string
  readonly sourceGone: boolean
}

type FormImage =
  | { readonly kept: number; readonly altText: string }
  | { readonly kept?: undefined; readonly draft: ImageDraft }

export type ReadForm = {
  readonly filled: Filled
  readonly images: readonly FormImage[]
  /** Unix seconds. */
  readonly timestamp: number | undefined
  /** What is wrong with it, a sentence each. */
  readonly problems: readonly string[]
}

/** As hono's `parseBody({ all: true })` gives it. */
export type Body = Readonly<Record<string, string | File | readonly (string | File)[]>>

const newRow = (choice = 'none'): Row => ({
  choice,
  seed: crypto.randomUUID().slice(0, 8),
  altText: '',
})

export const emptyForm = (): Filled => ({
  ...{ text: '', tags: '', pinned: false, date: '', rows: [newRow('landscape')] },
  ...{ source: '', sourceText: '', sourceImages: '1', sourceGone: false },
})

/** `2026-11-24T13:05`, in this machine's zone. */
const localDate = (ms: number): string =>
  new Date(ms).toLocaleString('sv-SE', { dateStyle: 'short', timeStyle: 'short' }).replace(' ', 'T')

export const fillForm = (post: ShownPost): Filled => ({
  ...emptyForm(),
  text: textsOf(post).join('\n\n'),
  tags: post.tags.join(', '),
  pinned: post.pinned,
  date: localDate(post.at),
  rows: imagesOf(post).map(({ altText }, kept) => ({ ...newRow('kept'), altText, kept })),
})

const all = (value: Body[string] | undefined): readonly (string | File)[] =>
  value === undefined ? [] : [value].flat()
const textOf = (value: string | File | undefined): string => (typeof value === 'string' ? value : '')

export async function readForm(body: Body): Promise<ReadForm> {
  const text = (name: string): string => textOf(all(body[name])[0]).replaceAll('\r\n', '\n').trim()
  const [files, choices, seeds, alts, keeps] = ['file', 'choice', 'seed', 'alt', 'kept'].map((name) =>
    all(body[name]),
  )
  const rows = (choices ?? []).map((choice, at): Row => {
    const kept = textOf(keeps?.[at])
    const row = { choice: textOf(choice), seed: textOf(seeds?.[at]), altText: textOf(alts?.[at]).trim() }
    return kept === '' ? row : { ...row, kept: Number(kept) }
  })
  const filled: Filled = {
    ...{ text: text('text'), tags: text('tags'), pinned: text('pinned') === 'on', date: text('date'), rows },
    ...{ source: text('source'), sourceText: text('sourceText'), sourceImages: text('sourceImages') },
    sourceGone: text('sourceGone') === 'on',
  }
  const problems: string[] = []
  const images: FormImage[] = []
  for (const [at, row] of rows.entries()) {
    const file = files?.[at]
    try {
      const image = await readImage(row, file instanceof File && file.size > 0 ? file : undefined)
      if (image) images.push(image)
    } catch (error) {
      problems.push(`Image ${at + 1}: ${error instanceof Error ? error.message : error}`)
    }
  }
  const at = filled.date === '' ? undefined : Date.parse(filled.date)
  if (Number.isNaN(at)) problems.push(`Expected a date and a time but received ${filled.date}`)
  if (filled.text === '' && images.length === 0 && filled.source === '')
    problems.push('Expected some text or an image but received neither')
  return {
    ...{ filled, images, problems },
    timestamp: at === undefined ? undefined : Math.floor(at / 1000),
  }
}

async function readImage(row: Row, file: File | undefined): Promise<FormImage | undefined> {
  const { choice, seed, altText, kept } = row
  const words = altText === '' ? {} : { altText }
  if (file) return { draft: { ...(await readUpload(file)), ...words } }
  if (choice === 'kept' && kept !== undefined) return { kept, altText }
  return isSample(choice) ? { draft: { ...samplePictures[choice].picture, seed, ...words } } : undefined
}

export const readTags = (tags: string): readonly string[] =>
  tags.split(',').flatMap((tag) => tag.trim().replace(/^#/, '') || [])

/** A new post; an edit composes its blocks itself. */
export function draftOf({ filled, images, timestamp }: ReadForm): PostDraft {
  const { text, tags, pinned, source, sourceText, sourceImages, sourceGone } = filled
  const drafts = images.flatMap((image) => (image.kept === undefined ? [image.draft] : []))
  const count = Math.min(10, Math.max(0, Number(sourceImages) || 0))
  return {
    ...(text !== '' && { text }),
    ...(drafts.length > 0 && { images: drafts }),
    ...(timestamp !== undefined && { timestamp }),
    ...{ tags: readTags(tags), pinned },
    ...(source !== '' && {
      reblogOf: {
        blog: source,
        broken: sourceGone,
        ...(sourceText !== '' && { text: sourceText }),
        images: Array.from({ length: count }, (_, at) => ({
          ...{ seed: `${source} ${sourceText} ${at}`, width: 1280, height: 960 },
          altText: `A picture of ${source}'s.`,
        })),
      },
    }),
  }
}
