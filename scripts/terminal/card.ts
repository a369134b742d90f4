/** A post as a card: its statuses as a reader would see them, beside what only its author needs to know. */
import { styleText } from 'node:util'
import type { PlannedPost, PlannedStatus } from '../../src/core/report/report.ts'
import { describeChange, type ShownChange } from '../../src/core/report/sentences.ts'
import { count, describeTime } from '../../src/core/report/when.ts'
import { findHashtags } from '../../src/core/status/hashtags.ts'
import { wrap } from './wrap.ts'

const bold = (text: string): string => styleText('bold', text)
const dim = (text: string): string => styleText('dim', text)
const warn = (text: string): string => styleText('yellow', text)

/** A status as it would be, or is; what is not known is left out. */
export type ShownStatus = Pick<PlannedStatus, 'text'> & {
  readonly visibility: string
  readonly spoilerText?: string | undefined
  readonly sensitive?: boolean
  readonly language?: string | undefined
  /** Absent in a report of an older function. */
  readonly characters?: PlannedStatus['characters']
  readonly posted?: string
  readonly images: readonly ShownImage[]
}
type ShownImage = ShownChange & { readonly altText?: string | undefined }

/** `width` in columns; Infinity folds nothing. */
export function drawCard({ post, url, due, statuses }: PlannedPost, width: number): string {
  const when = due === undefined ? [] : [`goes out at ${describeTime(Date.parse(due))} or later`]
  return drawThread([`Post ${post} (${url}) would become`, ...when], statuses, width)
}

/** One post as a thread: what stands above it, then each status. `width` as for a card. */
export function drawThread(
  [heading = '', ...above]: readonly string[],
  statuses: readonly ShownStatus[],
  width: number,
): string {
  const room = Math.max(width - 4, 20)
  const parts = statuses.map((status, index) =>
    drawStatus(status, placeOf(index, statuses.length), room)
      .map((line) => `  │ ${line}`.trimEnd())
      .join('\n'),
  )
  const lines = above.flatMap((line) => wrap(line, room)).map((line) => `  ${line}`)
  return [bold(heading), ...lines, parts.join('\n  ├\n')].join('\n')
}

const placeOf = (index: number, of: number): string =>
  of === 1 ? '' : index === 0 ? ', first of a thread' : ', reply'

function drawStatus(status: ShownStatus, place: string, room: number): readonly string[] {
  const { text, spoilerText: warning = '', sensitive, visibility, language, posted, images } = status
  const hashtags = findHashtags(text)
  const facts = [
    `${visibility}${place}`,
    ...(language === undefined ? [] : [language]),
    ...countOf(status),
    ...(hashtags.length > 0 ? [count(hashtags.length, 'hashtag')] : []),
    ...(sensitive && warning === '' ? ['images hidden until they are asked for'] : []),
  ]
  return [
    ...wrap(facts.join(' · '), room).map(dim),
    ...(warning === '' ? [] : wrap(`content warning: ${warning}`, room).map(warn)),
    ...wrap(text, room).map(colourHashtags),
    ...(posted === undefined ? [] : wrap(`(it is out already: ${posted})`, room).map(dim)),
    ...images.flatMap((image, at) => drawImage(image, images.length > 1 ? `${at + 1}: ` : '', room)),
  ]
}

function countOf({ characters }: ShownStatus): readonly string[] {
  if (characters === undefined) return []
  return [`${characters.count} of ${count(characters.most, 'character')}`]
}

const drawImage = (image: ShownImage, number: string, room: number): readonly string[] => {
  const alt = image.altText
  const words = wrap(alt ?? 'no alt text: people who cannot see it are not told what it shows', room - 2)
  return [
    ...words.map((line, at) => `${at === 0 ? '▪' : ' '} ${alt === undefined ? warn(line) : line}`),
    ...wrap(`${number}${describeChange(image)}`, room - 2).map((line) => `  ${dim(line)}`),
  ]
}

const colourHashtags = (line: string): string =>
  line.replace(/(?<=^|\s)[#＃][\p{L}\p{M}\p{Nd}\p{Pc}·・\u200c]+/gu, (tag) => styleText('cyan', tag))
