/**
 * `npm run logs`: what the deployed function wrote, in the last hour or `--since 2d`. `--follow`: and what it writes from now
 * on, until you stop it. `--json`: the lines as they are. Exit code 0: done. 1: the log cannot be read.
 */
import { setTimeout } from 'node:timers/promises'
import * as v from 'valibot'
import { stageCommand } from '../../src/core/doctor/commands.ts'
import { type CommandLine, type Given, stageOptions } from '../terminal/arguments.ts'
import { createTell, type Surroundings } from '../terminal/command.ts'
import { Refusal } from '../terminal/refusal.ts'
import { type Aws, openAws } from './aws.ts'
import { hasCode } from './aws-failure.ts'
import { describeLogLine } from './log-lines.ts'
import { nameOf } from './stack.ts'

export const command = {
  name: 'logs',
  says: 'Shows what the deployed function wrote.',
  options: {
    ...stageOptions,
    since: {
      takes: 'TIME',
      says: 'how far to look back: 30m, 2h, 7d',
      default: '1h',
      expects: { pattern: /^0*[1-9]\d{0,5}[mhd]$/, words: 'a time such as 30m, 2h or 7d' },
    },
    follow: { says: 'and what it writes from now on, until Ctrl-C' },
    json: { says: 'prints the lines as they are' },
  },
  exits: { 0: 'done', 1: 'the log cannot be read' },
} as const satisfies CommandLine

const LogLine = v.object({ eventId: v.string(), timestamp: v.number(), message: v.string() })
type LogLine = v.InferOutput<typeof LogLine>
const LogAnswer = v.object({ events: v.array(LogLine) })

/** Lines; where there are more, the first of them are shown. */
const most = 10_000
/** Ms. CloudWatch shows a line a few seconds late, and not always in order. */
const overlap = 60_000

export async function logs(
  { values }: Given<typeof command>,
  { env, output, errors }: Surroundings,
  pauseMs = 3000,
): Promise<void> {
  const since = Date.now() - readAge(values.since)
  const aws = await openAws({ ...values, env })
  const [tell, complain] = [createTell(output), createTell(errors)]
  const show = (line: LogLine): void => {
    const told = values.json ? line.message.trimEnd() : describeLogLine(line.message, line.timestamp)
    if (told !== undefined) tell(told)
  }
  const first = await readLines(aws, values.stage, since)
  first.forEach(show)
  if (values.follow) await follow(aws, values.stage, first, show, pauseMs)
  else if (first.length === 0)
    complain(`Nothing was written in the last ${values.since}; --since 7d looks further back`)
  else if (first.length >= most)
    complain(`These are the first ${most} lines of the last ${values.since}; --since 30m shows later ones`)
}

const units = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** Ms. */
const readAge = (since: string): number =>
  Number.parseInt(since, 10) * units[since.at(-1) as keyof typeof units]

async function readLines(aws: Aws, stage: string, since: number): Promise<readonly LogLine[]> {
  const input = { logGroupName: `/aws/lambda/${nameOf(stage)}`, startTime: since }
  const options = { flags: ['--max-items', String(most)] }
  try {
    const { events } = await aws.ask(LogAnswer, 'logs', 'filter-log-events', input, options)
    return events.toSorted((a, b) => a.timestamp - b.timestamp)
  } catch (error) {
    if (!hasCode(error, 'ResourceNotFoundException')) throw error
    throw new Refusal(
      `Expected a log of ${nameOf(stage)} but there is none in ${aws.region}: \`${stageCommand('deploy', stage)}\` makes it`,
    )
  }
}

async function follow(
  aws: Aws,
  stage: string,
  first: readonly LogLine[],
  show: (line: LogLine) => void,
  pauseMs: number,
): Promise<never> {
  const seen = new Map(first.map(({ eventId, timestamp }) => [eventId, timestamp]))
  for (let newest = first.at(-1)?.timestamp ?? Date.now(); ; await setTimeout(pauseMs)) {
    for (const line of await readLines(aws, stage, newest - overlap)) {
      if (!seen.has(line.eventId)) show(line)
      seen.set(line.eventId, line.timestamp)
      newest = Math.max(newest, line.timestamp)
    }
    for (const [id, timestamp] of seen) if (timestamp < newest - overlap) seen.delete(id)
  }
}
