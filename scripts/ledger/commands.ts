/** What a person changes about posts: each change is made, and what became of it is printed. */
import type { PostKey } from '../../src/io/ledger/ledger.ts'
import { expectYes, print, printJson } from '../terminal/print.ts'
import type { Command, LedgerArguments } from './arguments.ts'
import {
  type Changed,
  forget,
  forgetEverything,
  markPosted,
  nameOf,
  parkedKeys,
  retry,
  skip,
} from './change.ts'
import { findStatuses } from './identity.ts'
import { type OpenedLedger, type RouteLedger, routeOf, routesOf } from './open.ts'

type CommandTo<T extends Command['do']> = Extract<Command, { do: T }>
type PostChange = Changed & { readonly route: string }

export async function retryPosts(
  opened: OpenedLedger,
  args: LedgerArguments,
  { which }: CommandTo<'retry'>,
): Promise<number> {
  if (which !== 'parked') return conclude(opened, args, await changeAll(opened, args, which, retry))
  const all: PostChange[] = []
  for (const route of routesOf(opened, args.route)) {
    const routeLedger = opened.open(route)
    all.push(...(await changeEach(opened, routeLedger, args, await parkedKeys(routeLedger), retry)))
  }
  if (all.length === 0 && !args.json) print(opened.around.output, 'No post is parked')
  return conclude(opened, args, all)
}

export const skipPosts = async (
  opened: OpenedLedger,
  args: LedgerArguments,
  { which, reason }: CommandTo<'skip'>,
): Promise<number> =>
  conclude(
    opened,
    args,
    await changeAll(opened, args, which, (routeLedger, key) => skip(routeLedger, key, reason)),
  )

export async function markAsPosted(
  opened: OpenedLedger,
  args: LedgerArguments,
  { which, urls }: CommandTo<'posted'>,
): Promise<number> {
  const statuses = await findStatuses(opened, routeOf(opened, args.route), which[0].id, urls)
  return conclude(
    opened,
    args,
    await changeAll(opened, args, which, (routeLedger, key) => markPosted(routeLedger, key, statuses)),
  )
}

export async function forgetPosts(
  opened: OpenedLedger,
  args: LedgerArguments,
  { which, yes }: CommandTo<'forget'>,
): Promise<number> {
  const route = routeOf(opened, args.route)
  if (which !== 'everything') {
    const warning = 'The next run can post it again, even where it stands on Mastodon already.'
    if (!yes) await expectYes(opened.around, `post ${which.map(nameOf).join(', ')}`, warning)
    return conclude(opened, args, await changeAll(opened, args, which, forget))
  }
  const warning =
    'Runs no longer know what they have posted: under any LEVITY_START but now it can be posted again.'
  if (!yes) await expectYes(opened.around, `everything of the route ${route}`, warning, route)
  const forgotten = await forgetEverything(opened.open(route))
  if (args.json) printJson(opened.around.output, { route, forgotten })
  else
    print(
      opened.around.output,
      `${route}: ${forgotten} records are forgotten; the next run begins afresh. ${warning}`,
    )
  return 0
}

type Change = (routeLedger: RouteLedger, key: PostKey) => Promise<Changed>

const changeAll = (
  opened: OpenedLedger,
  args: LedgerArguments,
  keys: readonly PostKey[],
  change: Change,
): Promise<readonly PostChange[]> =>
  changeEach(opened, opened.open(routeOf(opened, args.route)), args, keys, change)

/** One after the other. What is refused goes to stderr, and the rest is done all the same. */
async function changeEach(
  { around: { output, errors } }: OpenedLedger,
  routeLedger: RouteLedger,
  { json }: LedgerArguments,
  keys: readonly PostKey[],
  change: Change,
): Promise<readonly PostChange[]> {
  const all: PostChange[] = []
  for (const key of keys) {
    const changed = await change(routeLedger, key)
    const line = `${routeLedger.route}: post ${changed.post}: ${changed.says}`
    if (!changed.done) print(errors, line)
    else if (!json) print(output, line)
    all.push({ route: routeLedger.route, ...changed })
  }
  return all
}

/** The exit code: 2 where only a run at work stood in the way. */
function conclude({ around }: OpenedLedger, { json }: LedgerArguments, all: readonly PostChange[]): number {
  if (json) printJson(around.output, all)
  const refused = all.filter(({ done }) => !done)
  if (refused.length === 0) return 0
  return refused.every(({ busy }) => busy) ? 2 : 1
}
