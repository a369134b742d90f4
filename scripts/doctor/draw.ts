/** A doctor's word, for a terminal. */
import { styleText } from 'node:util'
import type { Check } from '../../src/core/report/report.ts'
import { bold } from '../terminal/screen.ts'
import { plain, widthOf, wrap } from '../terminal/wrap.ts'

/** A line for each with what to do, folded where it is longer than `width` (columns; Infinity: never). */
export function drawChecks(heading: string, checks: readonly Check[], width: number): string {
  const names = Math.max(...checks.map(({ check }) => check.length))
  const indent = ' '.repeat(names + 6)
  const room = Math.max(width - indent.length, 30)
  const lines = checks.flatMap(({ check, ok, says, todo }) => {
    const does = todo === undefined ? '' : `→ ${plain(todo)}`
    const folds = does !== '' && widthOf(`${says} ${does}`) > room
    const [first = '', ...rest] = wrap(folds ? plain(says) : `${plain(says)} ${does}`.trimEnd(), room)
    const mark = ok ? styleText('green', '✓') : styleText('red', '✗')
    const doing = folds ? hang(does, room) : []
    return [
      `  ${mark} ${check}${' '.repeat(names - widthOf(check) + 2)}${first}`,
      ...[...rest, ...doing].map((line) => indent + line),
    ]
  })
  return [bold(heading), ...lines].join('\n')
}

const hang = (text: string, width: number): readonly string[] =>
  wrap(text, width - 2).map((line, at) => (at === 0 ? line : `  ${line}`))
