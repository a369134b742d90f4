/** What `npm run doctor` found, as a terminal shows it. */
import { styleText } from 'node:util'
import type { Check } from '../../src/core/report/report.ts'
import { nameOf } from '../cloud/stack.ts'
import { bold } from '../terminal/screen.ts'
import { plain, widthOf, wrap } from '../terminal/wrap.ts'

export type Diagnosis = {
  /** Undefined for this folder. */
  readonly stage: string | undefined
  readonly version: string
  readonly routes: readonly { readonly route: string; readonly checks: readonly Check[] }[]
  /** Of the stage's stack, schedule and function. */
  readonly cloud: readonly Check[] | undefined
}

const allChecks = ({ routes, cloud = [] }: Diagnosis): readonly Check[] => [
  ...routes.flatMap(({ checks }) => checks),
  ...cloud,
]

export const isWell = (diagnosis: Diagnosis): boolean => allChecks(diagnosis).every(({ ok }) => ok)

/** These checks say the same for every route, and are shown with the first alone. */
const forAll = ['variables', 'version']

/** `width` in columns; Infinity folds nothing. */
export function drawDiagnosis(diagnosis: Diagnosis, width: number): string {
  const { stage, routes, cloud } = diagnosis
  const shown = new Set<string>()
  const parts = routes.map(({ route, checks }) => {
    const fresh = checks.filter(({ check, says }) => !shown.has(`${check} ${says}`))
    for (const { check, says } of checks) if (forAll.includes(check)) shown.add(`${check} ${says}`)
    return drawChecks(route, fresh, width)
  })
  if (stage !== undefined && cloud) parts.push(drawChecks(`${nameOf(stage)} on AWS`, cloud, width))
  const all = allChecks(diagnosis)
  const bad = all.filter(({ ok }) => !ok).length
  return [...parts, bad === 0 ? 'All is well.' : `${bad} of ${all.length} checks failed.`].join('\n\n')
}

/** A line for each check with what to do, folded where it is longer than `width` (columns; Infinity: never). */
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
