/** Stops a stage from being deployed in two accounts or regions: both would post everything. */

import { stageCommand } from '../../src/core/doctor/commands.ts'
import { Refusal } from '../terminal/refusal.ts'
import { type Account, type AwsOptions, openAws } from './aws.ts'
import { readAllDeployed } from './deployed.ts'
import { canBeUpdated, findStack, nameOf } from './stack.ts'

/** Throws Refusal if the stage still runs elsewhere, or if that cannot be known. `options` are those that `aws` was opened with. */
export async function expectSamePlace(
  aws: Account,
  options: AwsOptions,
  stage: string,
  folder: string,
): Promise<void> {
  const before = (await readAllDeployed(folder)).find((one) => one.stage === stage)
  if (before === undefined) return
  const name = nameOf(stage)
  if (before.account !== aws.account)
    throw new Refusal(
      `Expected the account ${before.account}, where this folder has deployed ${name}, but received ${aws.account}: take another profile (--profile). If it is to move, pause it there, then remove .levity/deployed-${stage}.json`,
    )
  if (before.region === aws.region) return
  const there = await findStack(await openAws({ ...options, region: before.region }), stage)
  if (!canBeUpdated(there) || there.parameters.get('ScheduleState') === 'DISABLED') return
  throw new Refusal(
    `Expected the region ${before.region}, where this folder has deployed ${name}, but received ${aws.region}: two stages for the same routes would post everything twice. Name the region (--region); if it is to move: \`${stageCommand('pause', stage, `--region ${before.region}`)}\` first`,
  )
}
