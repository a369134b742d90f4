/** Where the ledger is: in the folder that `npm run once` keeps, or in the table of a stage in the cloud. */
import { resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { ConfigError } from '../../src/core/config/config.ts'
import { parseRouteNames } from '../../src/core/config/route-names.ts'
import { isSecret } from '../../src/core/config/settings.ts'
import { readVariable } from '../../src/core/config/variables.ts'
import { stageCommand } from '../../src/core/doctor/commands.ts'
import { createLedgerClient } from '../../src/io/ledger/client.ts'
import { createLedger, type Ledger } from '../../src/io/ledger/ledger.ts'
import { configUnread, readSettings as readStage } from '../cloud/settings.ts'
import { pointAt } from '../cloud/settings-at.ts'
import { nameOf } from '../cloud/stack.ts'
import { readEnvText } from '../terminal/env-file.ts'
import { Refusal } from '../terminal/refusal.ts'
import { noLedger } from './failure.ts'
import { hasLedger, ledgerFolder, openLedgerHere } from './folder.ts'
import { createItems, type Items } from './items.ts'

type Env = Readonly<Record<string, string | undefined>>

/** One route's part of the table. */
export type Shelf = {
  readonly route: string
  readonly ledger: Ledger
  readonly items: Items
  /** The command that gives a run of this route an event. */
  commandFor(event: object): string
}

type Found = {
  /** A stage, or undefined for this folder. */
  readonly stage: string | undefined
  /** Of `.env` or `.env.<stage>`. */
  readonly env: Env
  readonly routes: readonly string[]
  readonly table: string
}

export interface Place extends Found {
  /** Those of the settings, for `redact`. */
  readonly secrets: readonly string[]
  open(route: string): Shelf
  close(): Promise<void>
}

export type PlaceOptions = {
  readonly stage?: string | undefined
  /** Another table than the stage's own. */
  readonly table?: string | undefined
  readonly profile?: string | undefined
  readonly region?: string | undefined
  /** Whether a folder that no run has used yet is made one. */
  readonly create: boolean
}

/** Throws Refusal, ConfigError, or NoLedger where the folder has none. */
export async function openPlace(options: PlaceOptions): Promise<Place> {
  const { stage, create } = options
  const found = stage === undefined ? await findHere() : await findStage(stage, options)
  if (stage === undefined && !create && !(await hasLedger())) throw noLedger(ledgerFolder())
  const folder = stage === undefined ? await openLedgerHere(found.table, create) : undefined
  const { table } = found
  const client = createLedgerClient()
  return {
    ...found,
    secrets: Object.entries(found.env).flatMap(([name, value]) => (isSecret(name) && value ? [value] : [])),
    open: (route) => ({
      route,
      ledger: createLedger({ table, route, client }),
      items: createItems({ table, route, client }),
      commandFor: (event) => runCommand(found, route, event),
    }),
    close: async () => {
      client.destroy()
      await folder?.close()
    },
  }
}

function runCommand({ stage, routes }: Found, route: string, event: object): string {
  const text = `'${JSON.stringify({ ...event, ...(routes.length > 1 && { route }) })}'`
  return stage === undefined ? `npm run once -- ${text}` : stageCommand('invoke', stage, text)
}

/** The names alone: whoever only looks at the ledger needs no key and no token. */
async function findHere(): Promise<Found> {
  const path = resolve('.env')
  const text = await readEnvText(path)
  if (text === undefined)
    throw new Refusal(
      `Expected the settings in ${path} but received no such file: \`npm run setup\` makes it`,
    )
  const env = parseEnv(text)
  const problems = new Set<string>()
  const names = parseRouteNames(env, problems)
  if (problems.size > 0) throw new ConfigError([...problems])
  return {
    stage: undefined,
    env,
    routes: names.map((name) => name ?? 'main'),
    table: readVariable(env, 'LEVITY_TABLE') ?? 'levity',
  }
}

async function findStage(stage: string, { table, ...place }: PlaceOptions): Promise<Found> {
  const settings = await readStage(stage)
  await pointAt({ ...place, stage })
  return {
    stage,
    env: settings.variables,
    routes: configUnread(settings).routes.map(({ name }) => name),
    table: table ?? nameOf(stage),
  }
}

/** The route that is meant; where there are several, it must be named. */
export function routeOf({ routes }: Pick<Place, 'routes'>, named: string | undefined): string {
  const [only, ...others] = routes
  const meant = named ?? (others.length === 0 ? only : undefined)
  if (meant !== undefined && routes.includes(meant)) return meant
  throw new Refusal(
    named === undefined
      ? `Expected --route and one of ${routes.join(', ')} but received none: which is meant?`
      : `Expected one of the routes ${routes.join(', ')} for --route but received ${named}`,
  )
}

export const routesOf = (place: Pick<Place, 'routes'>, named: string | undefined): readonly string[] =>
  named === undefined ? place.routes : [routeOf(place, named)]
