/** A stage's stack, made or changed by its template, its settings and what the command says. */
import { Refusal } from '../terminal/refusal.ts'
import type { Account } from './aws.ts'
import { bucketOf } from './bucket.ts'
import {
  createChangeSet,
  describeChanges,
  makeChange,
  type ParameterAsked,
  removeChangeSet,
} from './change-set.ts'
import type { Arch, DeployFlags } from './deploy-command.ts'
import { isProtected, keepHistory, protectTable } from './ledger-table.ts'
import { checkLength } from './limits.ts'
import type { Package } from './packages.ts'
import { parameterArns } from './parameter-store.ts'
import { writeServes } from './serves.ts'
import type { Settings } from './settings.ts'
import { deleteStack, findStack, isDraft, nameOf, type Stack, stands } from './stack.ts'
import type { Stage } from './stage.ts'
import { parameterOf, type Template } from './template.ts'

export type Deployment = {
  readonly flags: DeployFlags
  readonly template: Template
  /** What its parameters are to be, by their ids; without the package. */
  readonly given: ReadonlyMap<string, string>
  readonly package: Package
  /** As it is now. */
  readonly stack: Stack | undefined
}

type Tell = (line: string) => void

const architectures = { arm64: 'arm64', x64: 'x86_64' } as const

/** The one that is asked for, else the one that the stack has. */
export function archOf({ arch }: DeployFlags, stack: Stack | undefined): Arch {
  return arch ?? (stack?.parameters.get('Architecture') === architectures.x64 ? 'x64' : 'arm64')
}

/** What a stage's settings, and what AWS knows of it, make of the parameters. Throws Refusal where one is too long. */
export function readGiven(
  aws: Account,
  settings: Settings,
  flags: DeployFlags,
  { served, stack, hasLedger }: Stage,
): Deployment['given'] {
  const given = new Map<string, string>([
    ['PackageBucket', bucketOf(aws)],
    ['Architecture', architectures[archOf(flags, stack)]],
    ['Serves', writeServes(served)],
    ['ParameterArns', parameterArns(aws, settings.parameters)],
  ])
  for (const [variable, value] of Object.entries(settings.variables)) given.set(parameterOf(variable), value)
  if (!stands(stack)) given.set('DeletionProtection', String(settings.stage === 'prod'))
  if (hasLedger) given.set('ExistingTable', nameOf(settings.stage))
  for (const [id, { value }] of flags.parameters) given.set(id, value)
  for (const [id, value] of given) checkLength(id, value)
  return given
}

/** `shown`: with `--dry-run`, nothing was changed. Throws Refusal with the first reason where it fails. */
export async function deployStack(
  aws: Account,
  deployment: Deployment,
  tell: Tell,
): Promise<'created' | 'updated' | 'unchanged' | 'shown'> {
  const { stack, flags, template } = deployment
  const kind = stands(stack) ? 'UPDATE' : 'CREATE'
  if (stack && kind === 'CREATE') await clearAway(aws, stack, flags.dryRun, tell)
  const keptSafe = await keepLedgerSafe(aws, deployment, tell)
  const given = new Map([...deployment.given, ['PackageKey', deployment.package.key]])
  const set = await createChangeSet(aws, {
    stage: flags.stage,
    kind,
    template: { TemplateBody: template.body },
    parameters: askParameters(template, given, kind === 'UPDATE' ? stack : undefined),
  })
  if (set === undefined) return !keptSafe ? 'unchanged' : flags.dryRun ? 'shown' : 'updated'
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

/**
 * A ledger that was taken up is none of the stack's resources, so CloudFormation does not reach it. Whether its protection
 * from deletion changes: it comes by itself where the stack is made, and goes only where a flag says so.
 */
async function keepLedgerSafe(
  aws: Account,
  { given, flags, stack }: Deployment,
  tell: Tell,
): Promise<boolean> {
  const taken = given.get('ExistingTable')
  const table = taken ?? stack?.parameters.get('ExistingTable')
  if (!table) return false
  if (taken !== undefined) {
    tell(`A ledger ${taken} is there from before: it is taken up as it is.`)
    if (!flags.dryRun) await keepHistory(aws, taken)
  }
  const wanted = given.get('DeletionProtection')
  if (wanted === undefined || (wanted === 'false' && !flags.parameters.has('DeletionProtection')))
    return false
  const on = wanted === 'true'
  if ((await isProtected(aws, table)) === on) return false
  tell(`The deletion protection of the ledger ${table} goes ${on ? 'on' : 'off'}.`)
  if (!flags.dryRun) await protectTable(aws, table, on)
  return true
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
