/** What a person should know after a deployment. */

import { monthlyBill } from '../costs.ts'
import { commandFor } from '../terminal/command.ts'
import type { Served } from './serves.ts'
import type { Stack } from './stack.ts'

export function describeDeployment(stack: Stack, served: readonly Served[]): string {
  const { stage, parameters, outputs } = stack
  const schedule = parameters.get('Schedule') ?? ''
  const paused = parameters.get('ScheduleState') === 'DISABLED'
  const mail = parameters.get('AlarmEmail')
  return [
    ...served.flatMap(({ route, what }) => (what === undefined ? [] : [`${route}: ${what}`])),
    paused
      ? `It is paused: \`${commandFor('resume', stage)}\` lets it run again.`
      : `It runs by itself, ${schedule}; \`${commandFor('pause', stage)}\` stops it.`,
    mail
      ? `Alarms go to ${mail} (once the address is confirmed by the link that AWS sends there).`
      : `Nobody is told of alarms: \`${commandFor('deploy', stage, '--email you@example.com')}\` names whom to tell.`,
    describeCost(),
    `\`${commandFor('logs', stage)}\` shows what it does, \`${commandFor('invoke', stage)}\` runs it at once, \`${commandFor('destroy', stage)}\` removes it.`,
    ...[...outputs].filter(([name]) => name !== 'Serves').map(([name, value]) => `  ${name}: ${value}`),
  ].join('\n')
}

function describeCost(): string {
  const bill = (isFree: boolean): string => `$${monthlyBill(1, isFree).total.toFixed(2)}`
  return `With a post a day it costs about ${bill(true)} a month within AWS's free tier and ${bill(false)} without it; the README has the sums.`
}
