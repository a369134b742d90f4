/** The last step: how the newest posts would look. Its ledger is thrown away; nothing is posted and nothing is saved. */

import { parseConfig } from '../../src/core/config/config.ts'
import { secretsOf } from '../../src/core/config/route.ts'
import { redact } from '../../src/core/config/secrets.ts'
import { routeVariables } from '../../src/core/config/settings.ts'
import { type Env, type RouteName, settingOf } from '../../src/core/config/variables.ts'
import { openLedgerFile } from '../../src/io/ledger/sqlite.ts'
import { runAll, whyFailed } from '../../src/repost.ts'
import { describePlan } from '../terminal/screen.ts'
import type { Prompts } from './prompts.ts'

const shownPosts = 3

/** A failure is only a warning: the settings are written already. */
export async function showFirstPlan(prompts: Prompts, env: Env, route: RouteName): Promise<void> {
  prompts.say(`Working out how the newest ${shownPosts} posts would look …`)
  try {
    await plan(prompts, aloneIn(env, route))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    prompts.warn(`The first plan failed (${reason}). The settings are written all the same.`)
  }
}

/** The settings of this route alone, so that what is wrong with another does not matter. */
function aloneIn(env: Env, route: RouteName): Env {
  const settings = routeVariables.map((name) => [name, settingOf(env, route, name).value] as const)
  return { ...Object.fromEntries(settings), LEVITY_START: `last:${shownPosts}` }
}

async function plan(prompts: Prompts, env: Env): Promise<void> {
  const { routes } = parseConfig(env)
  const secrets = secretsOf(routes)
  const report = await runAll(
    { mode: 'plan' },
    {
      env,
      timeLeft: () => Number.POSITIVE_INFINITY,
      tell: () => {},
      openLedgers: () => openLedgerFile('memory'),
    },
  )
  const why = whyFailed(report)
  if (why !== undefined) throw new Error(redact(why, secrets))
  for (const route of report.routes) {
    for (const post of route.plan ?? []) prompts.show(redact(describePlan(post), secrets))
    for (const { post, reason } of route.skipped)
      prompts.say(`Post ${post} would be skipped: ${redact(reason, secrets)}.`)
    if (route.plan?.length === 0)
      prompts.say('None of the newest posts would be reposted: they have no images.')
  }
}

/** Whether the first run will post them. */
export function describeStart(env: Env, route: RouteName): string {
  const start = settingOf(env, route, 'LEVITY_START').value ?? 'now'
  return start.toLowerCase() === 'now'
    ? 'None of these will be posted: the first run notes where the blog stands, and posts that come after it are reposted.'
    : `The first run posts what LEVITY_START=${start} asks for, oldest first.`
}
