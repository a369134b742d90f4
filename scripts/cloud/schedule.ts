/** Turns the schedule of a deployed stage on or off. Nothing else of the stack changes, and no settings are needed. */

import { stageCommand } from '../../src/core/doctor/commands.ts'
import { type CommandLine, type Given, stageOptions } from '../terminal/arguments.ts'
import { createTell, type Surroundings } from '../terminal/command.ts'
import { Refusal } from '../terminal/refusal.ts'
import { openAws } from './aws.ts'
import { createChangeSet, makeChange } from './change-set.ts'
import { canBeUpdated, expectAtRest, findStack, nameOf } from './stack.ts'

export const pauseCommand = {
  name: 'pause',
  says: 'Nothing runs by itself any more, until `npm run resume`.',
  options: stageOptions,
  exits: { 0: 'it is paused', 1: 'it could not be done' },
} as const satisfies CommandLine

export const resumeCommand = {
  name: 'resume',
  says: 'The schedule runs again after `npm run pause`.',
  options: stageOptions,
  exits: { 0: 'the schedule runs', 1: 'it could not be done' },
} as const satisfies CommandLine

type StageGiven = Given<typeof pauseCommand>

export const pause = (given: StageGiven, around: Surroundings): Promise<void> =>
  setSchedule(
    'DISABLED',
    'It is paused: nothing runs by itself, and the alarm for silence is off. `npm run invoke` still runs it; `npm run resume` catches up on everything that was published in between.',
    given,
    around,
  )

export const resume = (given: StageGiven, around: Surroundings): Promise<void> =>
  setSchedule(
    'ENABLED',
    'The schedule runs: the next run catches up on everything that was published in between.',
    given,
    around,
  )

/** `meaning`: what the new state means for a person. */
async function setSchedule(
  state: 'ENABLED' | 'DISABLED',
  meaning: string,
  { values }: StageGiven,
  { env, output }: Surroundings,
): Promise<void> {
  const { stage } = values
  const tell = createTell(output)
  const aws = await openAws({ ...values, env })
  const stack = await findStack(aws, stage)
  if (!canBeUpdated(stack))
    throw new Refusal(
      `Expected a stack ${nameOf(stage)} in ${aws.region} but there is none: \`${stageCommand('deploy', stage)}\` makes it`,
    )
  expectAtRest(stack)
  if (stack.parameters.get('ScheduleState') === state)
    return tell(`${stack.name} needed no change. ${meaning}`)
  const parameters = [...stack.parameters.keys()].map((ParameterKey) =>
    ParameterKey === 'ScheduleState'
      ? { ParameterKey, ParameterValue: state }
      : ({ ParameterKey, UsePreviousValue: true } as const),
  )
  const set = await createChangeSet(aws, { stage, kind: 'UPDATE', parameters })
  if (set) await makeChange(aws, set, tell)
  tell(meaning)
}
