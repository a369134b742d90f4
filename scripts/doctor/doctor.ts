/** `npm run doctor`: checks every route, and the stage around it where one is named. It changes nothing anywhere. */
import { ConfigError } from '../../src/core/config/config.ts'
import { parsePossible } from '../../src/core/config/possible.ts'
import { EventError } from '../../src/core/event/event.ts'
import type { Report } from '../../src/core/report/report.ts'
import { diagnoseRoutes, version } from '../../src/repost.ts'
import { readSettings } from '../cloud/settings.ts'
import { readSettingsAt } from '../cloud/settings-at.ts'
import { findLedgerHere } from '../ledger/file.ts'
import { type CommandLine, type Given, type Look, lookOptions } from '../terminal/arguments.ts'
import type { Surroundings } from '../terminal/command.ts'
import { Refusal } from '../terminal/refusal.ts'
import { widthOfTerminal } from '../terminal/screen.ts'
import { askCloud } from './cloud.ts'
import { type Diagnosis, drawDiagnosis, isWell } from './draw.ts'
import { judgeCloud } from './judge-cloud.ts'

export const command = {
  name: 'doctor',
  says: 'Checks every route: a tick or a cross for each thing, and what to do. It changes nothing.',
  options: lookOptions,
  notes: [
    'Without --stage it checks the settings of .env and the ledger of this folder; with it, those of .env.NAME, its table on AWS, and its function.',
  ],
  exits: { 0: 'all is well', 1: 'there is a cross', 2: 'nothing could be asked' },
  mistake: 2,
} as const satisfies CommandLine

/** Resolves with the exit code. */
export async function doctor({ values: look }: Given<typeof command>, around: Surroundings): Promise<number> {
  const diagnosis = await examine(look, around)
  const { stage, version, routes, cloud } = diagnosis
  const well = isWell(diagnosis)
  const json = { stage: stage ?? null, well, version, routes, ...(cloud && { cloud }) }
  around.output.write(
    `${look.json ? JSON.stringify(json, undefined, 2) : drawDiagnosis(diagnosis, widthOfTerminal())}\n`,
  )
  return well ? 0 : 1
}

async function examine(look: Look, around: Surroundings): Promise<Diagnosis> {
  const { stage, profile, region, route } = look
  const { env, parameters } = await readSettingsAt(look)
  const { secrets } = parsePossible(env, parameters)
  const openLedgers = stage === undefined ? await findLedgerHere({ readOnly: true }, around) : undefined
  const event = { mode: 'doctor', ...(route !== undefined && { route }) }
  try {
    const deployProblems = stage === undefined ? [] : await problemsForDeploy(stage)
    const [report, cloud] = await Promise.all([
      diagnoseRoutes(event, { env, parameters, stage, deployProblems }, { openLedgers }),
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
    return { stage, ...checksIn(report), cloud: cloud && judgeCloud(cloud, version) }
  } catch (error) {
    throw error instanceof EventError ? new Refusal(error.message, 2) : error
  }
}

const checksIn = ({ version: levity, routes }: Report): Pick<Diagnosis, 'version' | 'routes'> => ({
  version: levity,
  routes: routes.map(({ route, checks = [] }) => ({ route, checks })),
})

/** Why `npm run deploy` would refuse the stage's file, a sentence for each mistake. A run would not mind all of them. */
async function problemsForDeploy(stage: string): Promise<readonly string[]> {
  try {
    await readSettings(stage)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
}
