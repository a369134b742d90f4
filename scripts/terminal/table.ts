/** A table as wide as the terminal: a line for each post where that fits, else a few. Pure. */

import { type ListedPost, shortTime } from '../ledger/standing.ts'
import { plain, widthOf, wrap } from './wrap.ts'

const headings = ['post', 'when', 'state', 'tries', 'statuses, or why', 'on Tumblr'] as const
const gap = '  '
const indent = '    '

/** Lines without colours; `width` in columns, Infinity where nothing bounds it. */
export function drawTable(posts: readonly ListedPost[], width: number): readonly string[] {
  if (posts.length === 0) return []
  const rows = [headings, ...posts.map(cellsOf)]
  const widths = headings.map((_, at) => Math.max(...rows.map((row) => widthOf(row[at] ?? ''))))
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, at) => cell + ' '.repeat((widths[at] ?? 0) - widthOf(cell)))
      .join(gap)
      .trimEnd()
  const whole = widths.reduce((sum, one) => sum + one + gap.length, -gap.length)
  if (whole <= width) return rows.map(line)
  const short = headings.length - 2
  return [
    line(headings.slice(0, short)),
    ...posts.flatMap((post) => [line(cellsOf(post).slice(0, short)), ...detailsOf(post, width)]),
  ]
}

const cellsOf = (post: ListedPost): readonly string[] => [
  post.copy > 1 ? `${post.post}#${post.copy}` : post.post,
  post.at === undefined ? '' : shortTime(post.at),
  post.state,
  String(post.tries),
  [plain(post.reason), ...post.statuses].filter((text) => text !== '').join(' '),
  post.link,
]

/** Addresses stand on a line of their own, uncut, so that they can be copied. */
const detailsOf = ({ reason, statuses, link }: ListedPost, width: number): readonly string[] =>
  [...wrap(plain(reason), width - indent.length), ...statuses, link]
    .filter((text) => text !== '')
    .map((text) => indent + text)
