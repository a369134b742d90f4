/** Text as wide as the terminal. */

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' })
/** What takes two columns, nearly: https://www.unicode.org/reports/tr11/ */
const wide =
  /\uFE0F|[\p{Emoji_Presentation}\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF01-\uFF60\uFFE0-\uFFE6\u{20000}-\u{3FFFD}]/u

export function widthOf(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length
  let width = 0
  for (const { segment } of graphemes.segment(text)) width += wide.test(segment) ? 2 : 1
  return width
}

/**
 * The lines of a text; `width` in columns, Infinity where nothing bounds it. A word wider than that stands alone, uncut;
 * spaces before the first word stay.
 */
export const wrap = (text: string, width: number): readonly string[] =>
  text.split('\n').flatMap((line) => wrapLine(line, width))

function wrapLine(text: string, width: number): readonly string[] {
  if (widthOf(text) <= width) return [text]
  const lines: string[] = []
  const [first = '', ...words] = text.split(' ')
  let line = first
  for (const word of words) {
    const longer = `${line} ${word}`
    if (line.trim() !== '' && widthOf(longer) > width) {
      lines.push(line)
      line = word
    } else line = longer
  }
  return [...lines, line]
}

/** One line of it: a server's own words must not move the cursor. */
export const plain = (text = ''): string => text.replace(/[\p{Cc}\s]+/gu, ' ').trim()
