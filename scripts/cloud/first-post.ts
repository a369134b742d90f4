/** After a first deployment: shows the newest post as it would appear, and offers to post it, so that a person sees it work. */
import { confirm } from '@clack/prompts'
import { stageCommand } from '../../src/core/doctor/commands.ts'
import type { AnyRouteReport } from '../../src/core/report/report.ts'
import type { Surroundings, Tell } from '../terminal/command.ts'
import { Refusal } from '../terminal/refusal.ts'
import { describePlan, describeRoute } from '../terminal/screen.ts'
import type { Aws } from './aws.ts'
import type { DeployFlags } from './deploy-command.ts'
import { callFunction, reasonOf, reportOf } from './function-call.ts'
import { nameOf } from './stack.ts'

export type FirstPost = {
  readonly stage: string
  readonly route: string
  /** `LEVITY_START` asks for no older posts: the plan then shows one as an example, and says so in `why`. */
  readonly startsNow: boolean
  readonly choice: DeployFlags['newest']
}

/** Throws Refusal where the function fails. */
export async function offerFirstPost(
  aws: Aws,
  first: FirstPost,
  tell: Tell,
  around: Surroundings,
): Promise<void> {
  const { stage, route } = first
  const report = await call(aws, stage, { route, mode: 'plan' })
  const [planned] = report.plan ?? []
  if (planned) tell(describePlan(planned))
  const isExample = first.startsNow && report.why !== undefined
  if (planned === undefined || !isExample) return tell(describeRoute(report))
  const event = { route, post: planned.post }
  if (!(await isWanted(first.choice, around)))
    return tell(
      `It is not posted. To post it: ${stageCommand('invoke', stage, `'${JSON.stringify(event)}'`)}`,
    )
  const { posted, why } = await call(aws, stage, event)
  const statuses = posted.flatMap((one) => one.statuses)
  tell(
    statuses.length > 0
      ? `It is posted: ${statuses.join(' ')}`
      : `It is not posted yet: ${why ?? `\`${stageCommand('logs', stage)}\` says why`}`,
  )
}

async function isWanted(
  choice: FirstPost['choice'],
  { terminal, input, output }: Surroundings,
): Promise<boolean> {
  if (choice !== 'ask') return choice === 'post'
  return terminal && (await confirm({ message: 'Post it now?', initialValue: false, input, output })) === true
}

async function call(aws: Aws, stage: string, event: object): Promise<AnyRouteReport> {
  const called = await callFunction(aws, nameOf(stage), event)
  const [report] = reportOf(called)?.routes ?? []
  if (report) return report
  throw new Refusal(`The stack is there, but the function failed: ${reasonOf(called)}`)
}
