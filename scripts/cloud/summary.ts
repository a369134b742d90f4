/** What a person should know after a deployment. */

import { stageCommand } from '../../src/core/doctor/commands.ts'
import type { CheckedRoute } from './check-routes.ts'
import { monthlyBill } from './costs.ts'
import type { Stack } from './stack.ts'

export function describeDeployment(stack: Stack, checkedRoutes: readonly CheckedRoute[]): string {
  const { stage, parameters, outputs } = stack
  const schedule = parameters.get('Schedule') ?? ''
  const paused = parameters.get('ScheduleState') === 'DISABLED'
  const mail = parameters.get('AlarmEmail')
  return [
    ...checkedRoutes.flatMap(({ route, pair }) => (pair === undefined ? [] : [`${route}: ${pair}`])),
    paused
      ? `It is paused: \`${stageCommand('resume', stage)}\` lets it run again.`
      : `It runs by itself, ${schedule}; \`${stageCommand('pause', stage)}\` stops it.`,
    mail
      ? `Alarms go to ${mail} (once you have confirmed the address by the link that AWS sends there).`
      : `Alarms go to nobody: \`${stageCommand('deploy', stage, '--email you@example.com')}\` sends them to you.`,
    describeCost(),
    `\`${stageCommand('logs', stage)}\` shows what it does, \`${stageCommand('invoke', stage)}\` runs it at once, \`${stageCommand('destroy', stage)}\` removes it.`,
    ...[...outputs].filter(([name]) => name !== 'Serves').map(([name, value]) => `  ${name}: ${value}`),
  ].join('\n')
}

function describeCost(): string {
  const bill = (isFree: boolean): string => `$${monthlyBill(1, isFree).total.toFixed(2)}`
  return `With a post a day it costs about ${bill(true)} a month within AWS's free tier and ${bill(false)} without it; docs/aws.md shows how that adds up.`
}
