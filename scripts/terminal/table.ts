/** Text in columns. */
import { widthOf } from './wrap.ts'

const gap = '  '

/** A line for each row, with as much room in a column as its widest cell takes; `width`: of all of them, in columns. */
export function alignColumns(rows: readonly (readonly string[])[]): {
  readonly lines: readonly string[]
  readonly width: number
} {
  const count = Math.max(0, ...rows.map((row) => row.length))
  const widths = Array.from({ length: count }, (_, at) =>
    Math.max(...rows.map((row) => widthOf(row[at] ?? ''))),
  )
  const lines = rows.map((row) =>
    row
      .map((cell, at) => cell + ' '.repeat((widths[at] ?? 0) - widthOf(cell)))
      .join(gap)
      .trimEnd(),
  )
  return { lines, width: widths.reduce((sum, one) => sum + one + gap.length, -gap.length) }
}
