/**
 * `npm run invoke -- '{"mode":"plan"}'`: runs the deployed function and shows its report. `--json`: the report as it is.
 * `--async`: does not wait. Exit code 0: done. 1: it could not be called, or failed.
 */
import type { AnyReport } from '../../src/core/report/report.ts'
import { drawChecks } from '../doctor/draw.ts'
import { type CommandLine, type Given, stageOptions } from '../terminal/arguments.ts'
import { createTell, type Surroundings, type Tell } from '../terminal/command.ts'
import { Refusal } from '../terminal/refusal.ts'
import { describePlan, describeRoute, widthOfTerminal } from '../terminal/screen.ts'
import { openAws } from './aws.ts'
import { type Called, callFunction, reasonOf, reportOf } from './function-call.ts'
import { describeLogLine } from './log-lines.ts'
import { nameOf } from './stack.ts'

export const command = {
  name: 'invoke',
  says: 'Runs the deployed function and shows its report.',
  positionals: { form: '[EVENT]', words: 'one event, in quotes,', most: 1 },
  options: {
    ...stageOptions,
    json: { says: 'prints the report as JSON' },
    async: { says: 'does not wait for the report' },
  },
  notes: ['EVENT is JSON in quotes, such as \'{"mode":"plan"}\' or \'{"post":"123"}\'.'],
  exits: { 0: 'done', 1: 'it could not be called, or failed' },
} as const satisfies CommandLine

export async function invoke(
  { values, positionals }: Given<typeof command>,
  { env, output, errors }: Surroundings,
): Promise<void> {
  const event = parseJson(positionals[0] ?? '{}')
  const aws = await openAws({ ...values, env })
  const called = await callFunction(aws, nameOf(values.stage), event, { later: values.async })
  show(called, values, createTell(output), createTell(errors))
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Refusal(`Expected JSON such as '{"post":"123"}' for the event but received ${text}`)
  }
}

type Shown = { readonly json: boolean; readonly async: boolean; readonly stage: string }

function show(called: Called, { json, async: later, stage }: Shown, tell: Tell, complain: Tell): void {
  const { payload, failed, log } = called
  const report = reportOf(called)
  if (later) tell(`${nameOf(stage)} has the event and starts; \`npm run logs\` shows the result.`)
  else if (json) tell(JSON.stringify(payload, undefined, 2))
  else if (failed) for (const line of describeLog(log)) complain(line)
  else if (report) showReport(report, tell)
  else tell(JSON.stringify(payload, undefined, 2))
  if (failed) throw new Refusal(reasonOf(called))
}

/** The lines of a log that a person needs. */
const describeLog = (log: string): readonly string[] =>
  log.split('\n').flatMap((line) => describeLogLine(line) ?? [])

function showReport(report: AnyReport, tell: Tell): void {
  if (report.sent && report.sent.length > 0)
    tell(
      `The routes ${report.sent.join(', ')} each run in an invocation of their own; \`npm run logs\` shows the results.`,
    )
  for (const route of report.routes) {
    for (const post of route.plan ?? []) tell(describePlan(post))
    if (route.checks) tell(drawChecks(route.route, route.checks, widthOfTerminal()))
    for (const { post, statuses } of route.posted) tell(`post ${post} is posted: ${statuses.join(' ')}`)
    for (const { post, reason } of [...route.retrying, ...route.parked]) tell(`post ${post}: ${reason}`)
    tell(describeRoute(route))
  }
}
