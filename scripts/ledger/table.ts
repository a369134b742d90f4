/** The posts of a ledger as a table as wide as the terminal: a line for each post where that fits, else a few. */
import { alignColumns } from '../terminal/table.ts'
import { plain, wrap } from '../terminal/wrap.ts'
import { type ListedPost, shortTime } from './standing.ts'

const headings = ['post', 'when', 'state', 'tries', 'statuses, or why', 'on Tumblr'] as const
const indent = '    '

/** Lines without colours; `width` in columns, Infinity where nothing bounds it. */
export function drawTable(posts: readonly ListedPost[], width: number): readonly string[] {
  if (posts.length === 0) return []
  const rows = [headings, ...posts.map(cellsOf)]
  const whole = alignColumns(rows)
  if (whole.width <= width) return whole.lines
  const [heading = '', ...short] = alignColumns(rows.map((row) => row.slice(0, -2))).lines
  return [heading, ...posts.flatMap((post, at) => [short[at] ?? '', ...detailsOf(post, width)])]
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
