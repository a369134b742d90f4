/** After a first deployment: the newest post as it would appear, and the offer to post it, so that nobody waits in doubt. */
import { confirm } from '@clack/prompts'
import * as v from 'valibot'
import type { PlannedPost } from '../../src/core/report.ts'
import { Refusal } from '../refusal.ts'
import { describePlan } from '../screen.ts'
import type { Aws } from './aws.ts'
import { commandFor, isWatched } from './command.ts'
import type { DeployFlags } from './deploy-flags.ts'
import { callFunction, reasonOf } from './function-call.ts'
import { nameOf } from './stack.ts'

const Report = v.object({
  routes: v.array(
    v.object({
      why: v.optional(v.string()),
      posted: v.array(v.object({ post: v.string(), statuses: v.array(v.string()) })),
      /** Made by the function that was deployed a moment ago, from this very folder. */
      plan: v.optional(v.array(v.custom<PlannedPost>((post) => typeof post === 'object' && post !== null))),
    }),
  ),
})

export type FirstPost = {
  readonly stage: string
  readonly route: string
  /** No run posts it by itself: `LEVITY_START` asks for no post of before, and the ledger is empty. */
  readonly isExample: boolean
  readonly choice: DeployFlags['newest']
}

/** Throws Refusal where the function fails. */
export async function offerFirstPost(
  aws: Aws,
  first: FirstPost,
  tell: (line: string) => void,
): Promise<void> {
  const { stage, route } = first
  const [planned, ...others] = (await call(aws, stage, { route, mode: 'plan' })).flatMap(
    ({ plan = [] }) => plan,
  )
  if (planned === undefined) return tell(`${route}: what the blog publishes from now on will be posted.`)
  tell(describePlan(planned))
  if (!first.isExample)
    return tell(
      others.length === 0 ? 'The next run posts it.' : `The next runs post it and ${others.length} more.`,
    )
  const event = { route, post: planned.post }
  if (!(await isWanted(first.choice)))
    return tell(`It is not posted. To post it: ${commandFor('invoke', stage, `'${JSON.stringify(event)}'`)}`)
  const posted = await call(aws, stage, event)
  const statuses = posted.flatMap((one) => one.posted).flatMap((one) => one.statuses)
  tell(
    statuses.length > 0
      ? `It is posted: ${statuses.join(' ')}`
      : `It is not posted yet: ${posted[0]?.why ?? `\`${commandFor('logs', stage)}\` says why`}`,
  )
}

async function isWanted(choice: FirstPost['choice']): Promise<boolean> {
  if (choice !== 'ask') return choice === 'post'
  return isWatched() && (await confirm({ message: 'Post it now?', initialValue: false })) === true
}

async function call(aws: Aws, stage: string, event: object): Promise<v.InferOutput<typeof Report>['routes']> {
  const called = await callFunction(aws, nameOf(stage), event)
  const report = v.safeParse(Report, called.payload)
  if (!called.failed && report.success) return report.output.routes
  throw new Refusal(`The stack is there, but the function failed: ${reasonOf(called)}`)
}
