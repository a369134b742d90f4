/** The last step: how the newest posts would look, with a ledger that is thrown away. Nothing is posted and nothing is kept. */

import { parseConfig } from '../../src/core/config/config.ts'
import { secretsOf } from '../../src/core/config/route.ts'
import { redact } from '../../src/core/config/secrets.ts'
import { routeVariables } from '../../src/core/config/settings.ts'
import { type Env, type RouteName, settingOf } from '../../src/core/config/variables.ts'
import { runAll, whyFailed } from '../../src/repost.ts'
import { useLedgerAt } from '../sandbox/dynamodb/aws-at-home.ts'
import { startTable } from '../sandbox/dynamodb/dynamodb.ts'
import { describePlan } from '../terminal/screen.ts'
import type { Desk } from './desk.ts'

const shownPosts = 3

/** What goes wrong is a warning: the settings are written, and stay. */
export async function showFirstPlan(desk: Desk, env: Env, route: RouteName): Promise<void> {
  desk.say(`Working out how the newest ${shownPosts} posts would look …`)
  try {
    await plan(desk, aloneIn(env, route))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    desk.warn(`The first plan did not come about (${reason}); the settings are written all the same.`)
  }
}

/** The route by itself: another one's troubles are none of its own. */
function aloneIn(env: Env, route: RouteName): Env {
  const settings = routeVariables.map((name) => [name, settingOf(env, route, name).value] as const)
  return { ...Object.fromEntries(settings), LEVITY_START: `last:${shownPosts}` }
}

async function plan(desk: Desk, env: Env): Promise<void> {
  const { routes, table } = parseConfig(env)
  const secrets = secretsOf(routes)
  const ledger = await startTable({ tableName: table })
  try {
    useLedgerAt(ledger.url)
    const surroundings = { env, timeLeft: () => Number.POSITIVE_INFINITY, tell: () => {} }
    const report = await runAll({ mode: 'plan' }, surroundings)
    const why = whyFailed(report)
    if (why !== undefined) throw new Error(redact(why, secrets))
    for (const route of report.routes) {
      for (const post of route.plan ?? []) desk.show(redact(describePlan(post), secrets))
      for (const { post, reason } of route.skipped)
        desk.say(`Post ${post} would be skipped: ${redact(reason, secrets)}.`)
      if (route.plan?.length === 0)
        desk.say('None of the newest posts would be reposted: there are no images in them.')
    }
  } finally {
    await ledger.close()
  }
}

/** What the setting for the first run means for those posts. */
export function describeStart(env: Env, route: RouteName): string {
  const start = settingOf(env, route, 'LEVITY_START').value ?? 'now'
  return start.toLowerCase() === 'now'
    ? 'None of these will be posted: the first run notes where the blog stands, and posts that come after it are reposted.'
    : `The first run posts what LEVITY_START=${start} asks for, oldest first.`
}
