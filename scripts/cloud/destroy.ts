/**
 * `npm run destroy -- --stage dev`: removes a stage from AWS. Its ledger stays unless `--with-ledger`. Asks first; `--yes`
 * answers. Exit code 0: it is gone. 1: it is not, or not wholly.
 */
import { confirm, text } from '@clack/prompts'
import { stageCommand } from '../../src/core/doctor/commands.ts'
import { type CommandLine, type Given, stageOptions } from '../terminal/arguments.ts'
import { createTell, type Surroundings, type Tell } from '../terminal/command.ts'
import { Refusal } from '../terminal/refusal.ts'
import { type Account, identify, openAws } from './aws.ts'
import { bucketOf, hasBucket, removeBucket } from './bucket.ts'
import { forgetDeployed } from './deployed.ts'
import { deleteTable, hasTable } from './ledger-table.ts'
import { removeAllPackages } from './packages.ts'
import { deleteStack, findStack, listStacks, nameOf } from './stack.ts'

export const command = {
  name: 'destroy',
  says: 'Removes a stage from AWS. Its ledger stays unless you say otherwise.',
  options: {
    ...stageOptions,
    yes: { says: 'does not ask' },
    'with-ledger': { says: 'removes the ledger too' },
  },
  exits: { 0: 'it is gone', 1: 'it is not, or not wholly' },
} as const satisfies CommandLine

export async function destroy({ values }: Given<typeof command>, around: Surroundings): Promise<void> {
  const { env, folder, output } = around
  const { stage, yes, 'with-ledger': withLedger } = values
  const name = nameOf(stage)
  const tell = createTell(output)
  const cli = await openAws({ ...values, env })
  const [aws, stack, table] = await Promise.all([identify(cli), findStack(cli, stage), hasTable(cli, name)])
  const ledgerGoes = withLedger && table
  if (stack === undefined) tell(`There is no stack ${name} in ${aws.region} of the account ${aws.account}.`)
  if (stack || ledgerGoes) {
    tell(whatGoes(aws, stage, stack !== undefined, ledgerGoes, table))
    if (!yes) await expectConsent(stage, ledgerGoes, around)
  }
  if (stack) await deleteStack(aws, stack, tell)
  if (ledgerGoes) {
    await deleteTable(aws, name)
    tell(`The ledger ${name} is gone.`)
  }
  if (await hasBucket(aws)) await removePackages(aws, stage, tell)
  await forgetDeployed(folder, stage, aws)
  if (table && !withLedger)
    tell(
      `The ledger ${name} stays: \`${stageCommand('deploy', stage)}\` uses it again, \`${stageCommand('destroy', stage, '--with-ledger')}\` removes it.`,
    )
}

function whatGoes(
  aws: Account,
  stage: string,
  stack: boolean,
  ledgerGoes: boolean,
  hasLedger: boolean,
): string {
  const name = nameOf(stage)
  const going = [
    ...(stack ? [`the stack ${name} with its function, schedule, alarms and logs`] : []),
    ...(ledgerGoes ? [`the ledger ${name}, by which Levity knows what it has posted`] : []),
  ]
  const staying = hasLedger && !ledgerGoes ? ` The ledger ${name} stays.` : ''
  return `To be removed from ${aws.region} of the account ${aws.account}: ${going.join(', and ')}.${staying} What was posted stays on Mastodon.`
}

async function expectConsent(
  stage: string,
  ledgerGoes: boolean,
  { terminal, input, output }: Surroundings,
): Promise<void> {
  const again = stageCommand('destroy', stage, ledgerGoes ? '--with-ledger --yes' : '--yes')
  if (!terminal) throw new Refusal(`Expected --yes, for there is no terminal to ask on: \`${again}\``)
  const answer = ledgerGoes
    ? (await text({ message: `Type ${stage} to remove it with its ledger:`, input, output })) === stage
    : (await confirm({ message: `Remove ${nameOf(stage)}?`, initialValue: false, input, output })) === true
  if (!answer) throw new Refusal('Nothing was removed')
}

/** The bucket is removed with the last stage. */
async function removePackages(aws: Account, stage: string, tell: Tell): Promise<void> {
  const stacks = await listStacks(aws)
  const others = stacks?.filter((other) => other.stage !== stage).map((other) => other.stage)
  if (others?.length === 0) {
    await removeAllPackages(aws)
    await removeBucket(aws)
    return tell(`The bucket ${bucketOf(aws)} is gone: no other stage is left.`)
  }
  await removeAllPackages(aws, stage)
  tell(
    others === undefined
      ? `The bucket ${bucketOf(aws)} stays, without the packages of ${stage}: whether other stages use it cannot be seen without the rights to cloudformation:DescribeStacks and cloudformation:ListStacks.`
      : `The bucket ${bucketOf(aws)} stays, without the packages of ${stage}: ${others.join(', ')} use it.`,
  )
}
