/** Where the ledger is: in the file that `npm run once` keeps, or in the table of a stage in the cloud. */
import { resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { ConfigError } from '../../src/core/config/config.ts'
import { parseRouteNames } from '../../src/core/config/route-names.ts'
import { isSecret } from '../../src/core/config/settings.ts'
import { readVariable } from '../../src/core/config/variables.ts'
import { stageCommand } from '../../src/core/doctor/commands.ts'
import { openDynamoDbWithItems } from '../../src/io/ledger/dynamodb-items.ts'
import type { Ledger, LedgerItems } from '../../src/io/ledger/ledger.ts'
import { configUnread, readSettings as readStage } from '../cloud/settings.ts'
import { pointAt } from '../cloud/settings-at.ts'
import { nameOf } from '../cloud/stack.ts'
import type { Surroundings } from '../terminal/command.ts'
import { readEnvText } from '../terminal/file.ts'
import { Refusal } from '../terminal/refusal.ts'
import { noLedger } from './failure.ts'
import { findLedgerHere, hasLedger, ledgerPath } from './file.ts'

type Env = Readonly<Record<string, string | undefined>>

/** One route's part of the ledger. */
export type RouteLedger = {
  readonly route: string
  readonly ledger: Ledger
  readonly items: LedgerItems
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

export interface OpenedLedger extends Found {
  /** Those of the settings, for `redact`. */
  readonly secrets: readonly string[]
  readonly around: Surroundings
  open(route: string): RouteLedger
  close(): void
}

export type LedgerUse = 'read' | 'change' | 'make'

export type OpenOptions = {
  readonly stage?: string | undefined
  /** Another table than the stage's own. */
  readonly table?: string | undefined
  readonly profile?: string | undefined
  readonly region?: string | undefined
  /** `make`: a folder that no run has used yet gets a ledger. */
  readonly use: LedgerUse
}

/** Throws Refusal, ConfigError, or NoLedger where the folder has none. */
export async function openLedger(options: OpenOptions, around: Surroundings): Promise<OpenedLedger> {
  const { stage, use } = options
  const { folder } = around
  const found = stage === undefined ? await findHere(folder) : await findStage(stage, options)
  const openHome =
    stage === undefined ? await findLedgerHere({ readOnly: use === 'read' }, around) : openDynamoDbWithItems
  if (stage === undefined && use !== 'make' && !hasLedger(folder)) throw noLedger(ledgerPath(folder))
  const home = openHome()
  const { table } = found
  return {
    ...found,
    around,
    secrets: Object.entries(found.env).flatMap(([name, value]) => (isSecret(name) && value ? [value] : [])),
    open: (route) => ({
      route,
      ledger: home.open(table, route),
      items: home.openItems(table, route),
      commandFor: (event) => runCommand(found, route, event),
    }),
    close: () => home.close(),
  }
}

function runCommand({ stage, routes }: Found, route: string, event: object): string {
  const text = `'${JSON.stringify({ ...event, ...(routes.length > 1 && { route }) })}'`
  return stage === undefined ? `npm run once -- ${text}` : stageCommand('invoke', stage, text)
}

/** The names alone: whoever only looks at the ledger needs no key and no token. */
async function findHere(folder: string): Promise<Found> {
  const path = resolve(folder, '.env')
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

async function findStage(stage: string, { table, ...where }: OpenOptions): Promise<Found> {
  const settings = await readStage(stage)
  await pointAt({ ...where, stage })
  return {
    stage,
    env: settings.variables,
    routes: configUnread(settings).routes.map(({ name }) => name),
    table: table ?? nameOf(stage),
  }
}

/** The route that is meant; where there are several, it must be named. */
export function routeOf({ routes }: Pick<OpenedLedger, 'routes'>, named: string | undefined): string {
  const [only, ...others] = routes
  const meant = named ?? (others.length === 0 ? only : undefined)
  if (meant !== undefined && routes.includes(meant)) return meant
  throw new Refusal(
    named === undefined
      ? `Expected --route and one of ${routes.join(', ')} but received none: which is meant?`
      : `Expected one of the routes ${routes.join(', ')} for --route but received ${named}`,
  )
}

export const routesOf = (
  opened: Pick<OpenedLedger, 'routes'>,
  named: string | undefined,
): readonly string[] => (named === undefined ? opened.routes : [routeOf(opened, named)])
