/** A stage's stack, made or changed by its template, its settings and what the command says. */
import { Refusal } from '../refusal.ts'
import type { Account } from './aws.ts'
import { bucketOf } from './bucket.ts'
import {
  createChangeSet,
  describeChanges,
  makeChange,
  type ParameterAsked,
  removeChangeSet,
} from './change-set.ts'
import type { Arch, DeployFlags } from './deploy-flags.ts'
import { hasTable, protectTable } from './ledger-table.ts'
import { checkLength } from './limits.ts'
import type { Package } from './packages.ts'
import { parameterArns } from './parameter-store.ts'
import { type Served, writeServes } from './serves.ts'
import type { Settings } from './settings.ts'
import { deleteStack, findStack, isDraft, isLeftOver, nameOf, type Stack } from './stack.ts'
import { parameterOf, type Template } from './template.ts'

export type Deployment = {
  readonly settings: Settings
  readonly flags: DeployFlags
  readonly template: Template
  readonly served: readonly Served[]
  readonly package: Package
  readonly arch: Arch
  /** As it is now. */
  readonly stack: Stack | undefined
}

type Tell = (line: string) => void

const architectures = { arm64: 'arm64', x64: 'x86_64' } as const

/** The one that is asked for, else the one that the stack has. */
export function archOf({ arch }: DeployFlags, stack: Stack | undefined): Arch {
  return arch ?? (stack?.parameters.get('Architecture') === architectures.x64 ? 'x64' : 'arm64')
}

/** `shown`: with `--dry-run`, nothing was changed. Throws Refusal with the first reason where it fails. */
export async function deployStack(
  aws: Account,
  deployment: Deployment,
  tell: Tell,
): Promise<'created' | 'updated' | 'unchanged' | 'shown'> {
  const { stack, flags, template } = deployment
  const kind = stack === undefined || isLeftOver(stack) ? 'CREATE' : 'UPDATE'
  if (stack && kind === 'CREATE') await clearAway(aws, stack, flags.dryRun, tell)
  const given = await give(aws, deployment, kind, tell)
  const table = given.get('ExistingTable')
  if (table !== undefined && !flags.dryRun)
    await protectTable(aws, table, given.get('DeletionProtection') === 'true')
  const set = await createChangeSet(aws, {
    stage: flags.stage,
    kind,
    template: { TemplateBody: template.body },
    parameters: askParameters(template, given, kind === 'UPDATE' ? stack : undefined),
  })
  if (set === undefined) return 'unchanged'
  if (flags.dryRun) {
    tell(describeChanges(set.changes))
    await removeChangeSet(aws, set)
    const made = kind === 'CREATE' ? await findStack(aws, flags.stage) : undefined
    if (made) await deleteStack(aws, made, () => {})
    return 'shown'
  }
  await makeChange(aws, set, tell)
  return kind === 'CREATE' ? 'created' : 'updated'
}

async function clearAway(aws: Account, stack: Stack, dryRun: boolean, tell: Tell): Promise<void> {
  // A draft is what a dry run makes too.
  if (dryRun && !isDraft(stack))
    throw new Refusal(
      `The stack ${stack.name} is ${stack.status}, left over from an earlier try: there is nothing to show until \`npm run deploy\` removes it and makes it anew`,
    )
  tell(
    `The stack ${stack.name} is ${stack.status}, left over from an earlier try: it is removed and made anew.`,
  )
  await deleteStack(aws, stack, tell)
}

/** What the parameters are to be, by their ids. */
async function give(
  aws: Account,
  deployment: Deployment,
  kind: 'CREATE' | 'UPDATE',
  tell: Tell,
): Promise<ReadonlyMap<string, string>> {
  const { settings, flags, served, arch } = deployment
  const name = nameOf(settings.stage)
  const given = new Map<string, string>([
    ['PackageBucket', bucketOf(aws)],
    ['PackageKey', deployment.package.key],
    ['Architecture', architectures[arch]],
    ['Serves', writeServes(served)],
    ['ParameterArns', parameterArns(aws, settings.parameters)],
  ])
  for (const [variable, value] of Object.entries(settings.variables)) given.set(parameterOf(variable), value)
  if (kind === 'CREATE') {
    given.set('DeletionProtection', String(settings.stage === 'prod'))
    if (await hasTable(aws, name)) {
      tell(`A ledger ${name} is there from before: it is taken up as it is.`)
      given.set('ExistingTable', name)
    }
  }
  for (const [id, { value }] of flags.parameters) given.set(id, value)
  for (const [id, value] of given) checkLength(id, value)
  return given
}

/** Whatever is not given stays as it is. */
const askParameters = (
  template: Template,
  given: ReadonlyMap<string, string>,
  stack: Stack | undefined,
): readonly ParameterAsked[] =>
  [...template.parameters.keys()].flatMap((ParameterKey): ParameterAsked[] => {
    const ParameterValue = given.get(ParameterKey)
    if (ParameterValue !== undefined) return [{ ParameterKey, ParameterValue }]
    return stack?.parameters.has(ParameterKey) ? [{ ParameterKey, UsePreviousValue: true }] : []
  })
