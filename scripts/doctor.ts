/**
 * `npm run doctor`: looks at every route, a tick or a cross for each thing, and what to do; see `usage`. It changes nothing
 * anywhere. Exit code 0: all is well. 1: there is a cross. 2: nothing could be asked, and stderr says why.
 */

import { parsePossible } from '../src/core/config/possible.ts'
import { EventError } from '../src/core/event/event.ts'
import type { Check, Report } from '../src/core/report/report.ts'
import { diagnoseRoutes, version } from '../src/repost.ts'
import { readSettingsAt } from './cloud/settings-at.ts'
import { nameOf } from './cloud/stack.ts'
import { askCloud } from './doctor/cloud.ts'
import { drawChecks } from './doctor/draw.ts'
import { judgeCloud } from './doctor/judge-cloud.ts'
import { strangersIn } from './doctor/strangers.ts'
import { openLedgerToRead } from './ledger/copy.ts'
import { type CommandLine, type Look, lookOptions } from './terminal/arguments.ts'
import { run } from './terminal/command.ts'
import { print, printJson } from './terminal/print.ts'
import { Refusal } from './terminal/refusal.ts'
import { widthOfTerminal } from './terminal/screen.ts'

const command = {
  name: 'doctor',
  says: 'Checks every route: a tick or a cross for each thing, and what to do. It changes nothing.',
  options: lookOptions,
  notes: [
    'Without --stage it checks the settings of .env and the ledger of this folder; with it, those of .env.NAME, its table on AWS, and its function.',
  ],
  exits: { 0: 'all is well', 1: 'there is a cross', 2: 'nothing could be asked' },
  mistake: 2,
} as const satisfies CommandLine

type Found = {
  readonly stage: string | null
  readonly well: boolean
  readonly version: string
  readonly routes: readonly { readonly route: string; readonly checks: readonly Check[] }[]
  /** Of the stage's stack, schedule and function. */
  readonly cloud?: readonly Check[]
}

async function examine(look: Look): Promise<Found> {
  const { stage, profile, region, route } = look
  const { env, parameters } = await readSettingsAt(look)
  const { table, secrets } = parsePossible(env, parameters)
  const ledger = stage === undefined ? await openLedgerToRead(table ?? 'levity') : undefined
  const event = { mode: 'doctor', ...(route !== undefined && { route }) }
  try {
    const strangers = stage === undefined ? [] : await strangersIn(stage)
    const [report, cloud] = await Promise.all([
      diagnoseRoutes(event, { env, parameters, stage, strangers }),
      stage === undefined
        ? undefined
        : askCloud({
            stage,
            secrets,
            ...(route !== undefined && { route }),
            ...(profile !== undefined && { profile }),
            ...(region !== undefined && { region }),
          }),
    ])
    return conclude(report, stage, cloud && judgeCloud(cloud, version))
  } catch (error) {
    throw error instanceof EventError ? new Refusal(error.message, 2) : error
  } finally {
    await ledger?.close()
  }
}

function conclude(report: Report, stage: string | undefined, cloud: readonly Check[] | undefined): Found {
  const routes = report.routes.map(({ route, checks = [] }) => ({ route, checks }))
  const all = [...routes.flatMap(({ checks }) => checks), ...(cloud ?? [])]
  const well = all.every(({ ok }) => ok)
  return { stage: stage ?? null, well, version: report.version, routes, ...(cloud && { cloud }) }
}

/** What of these is so for every route is told with the first. */
const forAll = ['variables', 'version']

function show({ stage, routes, cloud }: Found): void {
  const width = widthOfTerminal()
  const told = new Set<string>()
  for (const { route, checks } of routes) {
    const fresh = checks.filter(({ check, says }) => !told.has(`${check} ${says}`))
    for (const { check, says } of checks) if (forAll.includes(check)) told.add(`${check} ${says}`)
    print(`${drawChecks(route, fresh, width)}\n`)
  }
  if (stage !== null && cloud) print(`${drawChecks(`${nameOf(stage)} on AWS`, cloud, width)}\n`)
  const all = [...routes.flatMap(({ checks }) => checks), ...(cloud ?? [])]
  const crosses = all.filter(({ ok }) => !ok).length
  print(crosses === 0 ? 'All is well.' : `${crosses} of ${all.length} are not well.`)
}

process.exitCode = await run(command, async ({ values: look }) => {
  const found = await examine(look)
  if (look.json) printJson(found)
  else show(found)
  return found.well ? 0 : 1
})
