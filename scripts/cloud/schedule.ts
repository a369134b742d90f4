/** The schedule of a deployed stage, on or off; nothing else of the stack changes, and no setting is needed for it. */
import { type CommandLine, type Given, stageOptions } from '../terminal/arguments.ts'
import { commandFor, createTell } from '../terminal/command.ts'
import { Refusal } from '../terminal/refusal.ts'
import { openAws } from './aws.ts'
import { createChangeSet, makeChange } from './change-set.ts'
import { expectAtRest, findStack, nameOf, stands } from './stack.ts'

export type ScheduleState = 'ENABLED' | 'DISABLED'

export const pause = {
  name: 'pause',
  says: 'Nothing runs by itself any more, until `npm run resume`.',
  options: stageOptions,
  exits: { 0: 'it is paused', 1: 'it could not be done' },
} as const satisfies CommandLine

export const resume = {
  name: 'resume',
  says: 'The schedule runs again after `npm run pause`.',
  options: stageOptions,
  exits: { 0: 'the schedule runs', 1: 'it could not be done' },
} as const satisfies CommandLine

/** `said`: what the change means. */
export async function setSchedule(
  { values }: Given<typeof pause>,
  state: ScheduleState,
  said: string,
): Promise<void> {
  const { stage } = values
  const tell = createTell()
  const aws = await openAws(values)
  const stack = await findStack(aws, stage)
  if (!stands(stack))
    throw new Refusal(
      `Expected a stack ${nameOf(stage)} in ${aws.region} but there is none: \`${commandFor('deploy', stage)}\` makes it`,
    )
  expectAtRest(stack)
  if (stack.parameters.get('ScheduleState') === state) return tell(`${stack.name} was so already. ${said}`)
  const parameters = [...stack.parameters.keys()].map((ParameterKey) =>
    ParameterKey === 'ScheduleState'
      ? { ParameterKey, ParameterValue: state }
      : ({ ParameterKey, UsePreviousValue: true } as const),
  )
  const set = await createChangeSet(aws, { stage, kind: 'UPDATE', parameters })
  if (set) await makeChange(aws, set, tell)
  tell(said)
}
