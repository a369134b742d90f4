/** How a run is shown to a person: a line for each event, then what was posted. */
import { styleText } from 'node:util'
import type { AnyRouteReport, PlannedPost, RunEvent } from '../../src/core/report/report.ts'
import { describeChecks, describeEvent } from '../../src/core/report/sentences.ts'
import { drawCard } from './card.ts'
import { plain } from './wrap.ts'

export type TerminalOutput = Pick<NodeJS.WriteStream, 'write'> & {
  readonly isTTY?: boolean
  readonly columns?: number
}

export interface Screen {
  /** Prints one line; on a terminal, a progress line is replaced by the next one. */
  tell(event: RunEvent): void
  print(text: string): void
  /** Removes a progress line that is still shown. */
  clear(): void
}

export function createScreen(out: TerminalOutput = process.stdout): Screen {
  const rewrites = out.isTTY === true && process.env['TERM'] !== 'dumb'
  let standing = false
  const clear = (): void => {
    if (standing) out.write('\r\x1b[2K')
    standing = false
  }
  const print = (text: string): void => {
    clear()
    out.write(`${text}\n`)
  }
  return {
    clear,
    print,
    tell: (event) => {
      const line = describeEvent(event)
      if (!rewrites || event.event !== 'image') return print(line)
      clear()
      // Cut to the width: a wrapped line could not be removed as a whole.
      out.write([...line].slice(0, Math.max((out.columns ?? 80) - 1, 1)).join(''))
      standing = true
    },
  }
}

/** styleText leaves colours out where NO_COLOR says so, and where stdout is no terminal. */
export const bold = (text: string): string => styleText('bold', text)

/** As wide as the terminal. */
export const describePlan = (post: PlannedPost): string => drawCard(post, widthOfTerminal())

/** In columns; Infinity where there is no terminal, or one that does not say, and nothing need be folded. */
export const widthOfTerminal = (): number => process.stdout.columns || Number.POSITIVE_INFINITY

/** The result of a route's run, in a line; of a plan, also what it leaves out and what comes next. */
export function describeRoute(report: AnyRouteReport): string {
  if (report.checks) return `${bold(report.route)}: ${describeChecks(report.checks)}`
  const counts = [
    report.plan ? `${report.plan.length} to post` : `${report.posted.length} posted`,
    ...(['skipped', 'retrying', 'parked', 'edited', 'deleted'] as const).flatMap((what) =>
      report[what].length > 0 ? [`${report[what].length} ${what}`] : [],
    ),
    ...(report.waiting > 0 ? [`${report.waiting} waiting`] : []),
  ]
  // A failure's reason goes to stderr.
  const why =
    report.why === undefined
      ? ''
      : report.failed
        ? `, ${report.outcome}`
        : ` (${report.outcome}: ${report.why})`
  const more = report.outcome === 'more' ? '; there is more to do: run it again' : ''
  const whole = `${bold(report.route)}: ${counts.join(', ')}${why}${more}`
  if (report.plan === undefined) return whole
  const left = report.skipped.map(({ post, reason }) => `Post ${post} would be left out: ${plain(reason)}`)
  return [...left, whole, ...(report.next === undefined ? [] : [report.next])].join('\n')
}
