/** A tick or a cross for each thing that AWS and the deployed function say. Pure. */
import { stageCommand } from '../../src/core/doctor/commands.ts'
import type { Check } from '../../src/core/report/report.ts'
import { describeChecks } from '../../src/core/report/sentences.ts'
import { isLeftOver, nameOf, type Stack } from '../cloud/stack.ts'

export type CloudFacts = {
  readonly stage: string
  readonly region?: string
  /** Why AWS could not be asked: no CLI, no credentials, no right. */
  readonly refused?: string
  readonly stack?: Stack | undefined
  /** What the function's own checks say, or why there is no answer. */
  readonly report?:
    | {
        readonly version: string
        readonly routes: readonly { readonly route: string; readonly checks: readonly Check[] }[]
      }
    | { readonly failed: string }
    | undefined
}

/** `version` is that of this folder. */
export function judgeCloud(facts: CloudFacts, version: string): readonly Check[] {
  const { stage, region = '', refused, stack } = facts
  if (refused !== undefined)
    return [
      {
        check: 'AWS',
        ok: false,
        says: `stack, schedule and function could not be asked: ${refused}`,
        todo: 'set that right, then ask again; everything else was checked from this machine',
      },
    ]
  const name = nameOf(stage)
  if (stack === undefined)
    return [
      {
        check: 'stack',
        ok: false,
        says: `there is none named ${name} in ${region}`,
        todo: `\`${stageCommand('deploy', stage)}\` makes it; if it is elsewhere, name the place (--region, --profile)`,
      },
    ]
  return [judgeStack(stack, region), judgeSchedule(stack), ...judgeFunction(facts, version)]
}

function judgeStack(stack: Stack, region: string): Check {
  const check = 'stack'
  const { name, status, stage } = stack
  const says = `${name} in ${region} is ${status}`
  if (/^(?:CREATE|UPDATE|IMPORT)(?:_ROLLBACK)?_COMPLETE$/.test(status)) return { check, ok: true, says }
  if (/_IN_PROGRESS$/.test(status) && status !== 'REVIEW_IN_PROGRESS')
    return { check, ok: false, says, todo: 'wait until that is over' }
  const todo = isLeftOver(stack)
    ? `\`${stageCommand('deploy', stage)}\` makes it anew`
    : `\`${stageCommand('deploy', stage)}\` says what to do`
  return { check, ok: false, says, todo }
}

function judgeSchedule({ stage, parameters }: Stack): Check {
  const check = 'schedule'
  const schedule = parameters.get('Schedule') ?? 'of an unknown rate'
  if (parameters.get('ScheduleState') !== 'DISABLED')
    return { check, ok: true, says: `it runs by itself, ${schedule}` }
  return {
    check,
    ok: false,
    says: `it is paused: nothing runs by itself (${schedule})`,
    todo: `\`${stageCommand('resume', stage)}\` lets it run again`,
  }
}

function judgeFunction({ stage, report }: CloudFacts, version: string): readonly Check[] {
  const check = 'function'
  const deploy = `\`${stageCommand('deploy', stage)}\``
  if (report === undefined) return []
  if ('failed' in report) {
    const old = /"doctor"/.test(report.failed)
    return [
      {
        check,
        ok: false,
        says: old ? 'it is of a version that knows no doctor' : `it could not be asked: ${report.failed}`,
        todo: old ? `${deploy} brings this one` : `\`${stageCommand('logs', stage)}\` shows what it did`,
      },
    ]
  }
  const own = report.routes.map(({ route, checks }) => `${route}: ${describeChecks(checks)}`).join('; ')
  const answer: Check =
    report.version === version
      ? { check, ok: true, says: `it answers, and is Levity ${version}, as this folder is; ${own}` }
      : {
          check,
          ok: false,
          says: `it is Levity ${report.version}, and this folder is ${version}; ${own}`,
          todo: `${deploy} brings this one`,
        }
  return [answer, ...report.routes.flatMap(({ route, checks }) => crossesOf(route, checks))]
}

/** What the function itself found wrong. */
const crossesOf = (route: string, checks: readonly Check[]): readonly Check[] =>
  checks
    .filter(({ ok }) => !ok)
    .map((one) => ({ ...one, check: 'function', says: `${route}, ${one.check}: ${one.says}` }))
