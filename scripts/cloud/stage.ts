/** What AWS, Tumblr and Mastodon know of a stage, asked before anything is changed. */
import { createRequire } from 'node:module'
import { type Config, parseConfig } from '../../src/core/config/config.ts'
import { routeVariables } from '../../src/core/config/settings.ts'
import { isParameter, readVariable, settingOf } from '../../src/core/config/variables.ts'
import type { Aws } from './aws.ts'
import { hasLedger } from './ledger-table.ts'
import { readParameters } from './parameter-store.ts'
import { askWhatIsServed, refuseTwins, type Served } from './serves.ts'
import { configUnread, type Settings } from './settings.ts'
import { expectAtRest, findStack, listStacks, nameOf, type Stack, stands } from './stack.ts'

export type Stage = {
  /** Made up in part where Parameter Store may not be read: then its route is among `unread`. */
  readonly config: Config
  readonly unread: ReadonlySet<string>
  readonly served: readonly Served[]
  readonly stack: Stack | undefined
  /** Whether a ledger of before is there for a stack that is to be made. */
  readonly hasLedger: boolean
  /** Sentences about what could not be checked. */
  readonly warnings: readonly string[]
}

const { version } = createRequire(import.meta.url)('../../package.json')

/** Throws Refusal or ConfigError where something stands in the way. */
export async function askStage(aws: Aws, settings: Settings): Promise<Stage> {
  const { stage, variables } = settings
  const [stacks, parameters] = await Promise.all([listStacks(aws), readParameters(aws, settings.parameters)])
  const stack = stacks?.find((one) => one.stage === stage) ?? (await findStack(aws, stage))
  if (stack) expectAtRest(stack)
  const config = parameters ? parseConfig(variables, parameters) : configUnread(settings)
  const unread = new Set(parameters ? [] : findUnread(settings, config))
  const served = await askWhatIsServed(config.routes, unread, String(version))
  refuseTwins(served, stage, stacks ?? [])
  const warnings = [
    ...(stacks
      ? []
      : [
          `Whether another stage serves the same could not be checked: it needs the rights to cloudformation:DescribeStacks and cloudformation:ListStacks on all stacks.`,
        ]),
    ...(unread.size > 0
      ? [
          `The keys of ${[...unread].join(', ')} could not be tried, nor compared with other stages: it needs the right to ssm:GetParameters. ${nameOf(stage)} reads them itself.`,
        ]
      : []),
  ]
  const kept = !stands(stack) && (await hasLedger(aws, nameOf(stage)))
  return { config, unread, served, stack, hasLedger: kept, warnings }
}

/** The routes whose blog, account or keys stand in Parameter Store. */
function findUnread({ variables }: Settings, { routes }: Config): readonly string[] {
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
