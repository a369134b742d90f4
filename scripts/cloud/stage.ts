/** What AWS, Tumblr and Mastodon know of a stage, asked before anything is changed. */
import { createRequire } from 'node:module'
import { type Config, parseConfig } from '../../src/core/config/config.ts'
import { routeVariables } from '../../src/core/config/settings.ts'
import { isParameter, readVariable, settingOf } from '../../src/core/config/variables.ts'
import type { Aws } from './aws.ts'
import { type CheckedRoute, checkRoutes, expectServedOnce } from './check-routes.ts'
import { hasLedger } from './ledger-table.ts'
import { readParameters } from './parameter-store.ts'
import { configUnread, type StageSettings } from './settings.ts'
import { canBeUpdated, expectAtRest, findStack, listStacks, nameOf, type Stack } from './stack.ts'

export type Stage = {
  /** Partly made up if Parameter Store may not be read; those routes are in `unread`. */
  readonly config: Config
  readonly unread: ReadonlySet<string>
  readonly checkedRoutes: readonly CheckedRoute[]
  readonly stack: Stack | undefined
  /** Whether a ledger from before exists for a stack that must be created. */
  readonly hasLedger: boolean
  /** Sentences about what could not be checked. */
  readonly warnings: readonly string[]
}

const { version } = createRequire(import.meta.url)('../../package.json')

/** Throws Refusal or ConfigError if something prevents a deployment. */
export async function inspectStage(aws: Aws, settings: StageSettings): Promise<Stage> {
  const { stage, variables } = settings
  const [stacks, parameters] = await Promise.all([listStacks(aws), readParameters(aws, settings.parameters)])
  const stack = stacks?.find((one) => one.stage === stage) ?? (await findStack(aws, stage))
  if (stack) expectAtRest(stack)
  const config = parameters ? parseConfig(variables, parameters) : configUnread(settings)
  const unread = new Set(parameters ? [] : findUnread(settings, config))
  const checkedRoutes = await checkRoutes(config.routes, unread, String(version))
  expectServedOnce(checkedRoutes, stage, stacks ?? [])
  const warnings = [
    ...(stacks
      ? []
      : [
          `Whether another stage posts the same blog could not be checked: that needs the rights to cloudformation:DescribeStacks and cloudformation:ListStacks on all stacks.`,
        ]),
    ...(unread.size > 0
      ? [
          `The keys of ${[...unread].join(', ')} could not be tried or compared with other stages: that needs the right to ssm:GetParameters. ${nameOf(stage)} reads them itself.`,
        ]
      : []),
  ]
  const kept = !canBeUpdated(stack) && (await hasLedger(aws, nameOf(stage)))
  return { config, unread, checkedRoutes, stack, hasLedger: kept, warnings }
}

/** The routes whose blog, account or keys are in Parameter Store. */
function findUnread({ variables }: StageSettings, { routes }: Config): readonly string[] {
  const named = readVariable(variables, 'LEVITY_ROUTES') !== undefined
  const about = routeVariables.filter((variable) => /^(?:TUMBLR|MASTODON)_/.test(variable))
  return routes
    .map(({ name }) => name)
    .filter((name) =>
      about.some((variable) =>
        isParameter(settingOf(variables, named ? name : undefined, variable).value ?? ''),
      ),
    )
}
