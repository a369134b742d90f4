/**
 * `npm run ledger`: what the ledger knows of each post, here or in the cloud, and changes to it by hand. Listing changes
 * nothing, and makes no ledger where there is none. Every change is one conditional write, so that a run may go on meanwhile.
 */
import { redact } from '../../src/core/config/secrets.ts'
import type { Given } from '../terminal/arguments.ts'
import type { Surroundings } from '../terminal/command.ts'
import { print, printJson } from '../terminal/print.ts'
import { widthOfTerminal } from '../terminal/screen.ts'
import { type Command, type command, type LedgerArguments, readAsked } from './arguments.ts'
import { forgetPosts, markAsPosted, retryPosts, skipPosts } from './commands.ts'
import { explain, NoLedger } from './failure.ts'
import { drawRoute, readRoute, routeAsJson } from './list.ts'
import { type LedgerUse, type OpenedLedger, type OpenOptions, openLedger, routesOf } from './open.ts'
import { exportTo, importFrom, readExported } from './transfer.ts'

/** Resolves with the exit code. */
export async function runLedger(given: Given<typeof command>, around: Surroundings): Promise<number> {
  const args = readAsked(given)
  const { command } = args
  const withLedger = (use: LedgerUse, act: (opened: OpenedLedger) => Promise<number>): Promise<number> =>
    openToAct({ ...args, use }, around, act)
  switch (command.do) {
    case 'list':
      return withLedger('read', (opened) => list(opened, args, command)).catch((error: unknown) => {
        if (!(error instanceof NoLedger)) throw error
        if (args.json) printJson(around.output, { stage: args.stage ?? null, routes: [] })
        else print(around.output, error.message)
        return 0
      })
    case 'retry':
      return withLedger('change', (opened) => retryPosts(opened, args, command))
    case 'skip':
      return withLedger('change', (opened) => skipPosts(opened, args, command))
    case 'posted':
      return withLedger('change', (opened) => markAsPosted(opened, args, command))
    case 'forget':
      return withLedger('change', (opened) => forgetPosts(opened, args, command))
    case 'export':
      return withLedger('read', (opened) => exportTo(opened, args, command))
    case 'import': {
      const exported = await readExported(command.file)
      return withLedger('make', (opened) => importFrom(opened, args, exported, command.replace))
    }
  }
}

async function openToAct(
  options: OpenOptions,
  around: Surroundings,
  act: (opened: OpenedLedger) => Promise<number>,
): Promise<number> {
  const opened = await openLedger(options, around)
  try {
    return await act(opened)
  } catch (error) {
    throw explain(error, opened.table, opened.secrets)
  } finally {
    opened.close()
  }
}

async function list(
  opened: OpenedLedger,
  { route, json }: LedgerArguments,
  command: Extract<Command, { do: 'list' }>,
): Promise<number> {
  const { output } = opened.around
  const found = []
  for (const name of routesOf(opened, route)) found.push(await readRoute(opened.open(name), command))
  if (json) printJson(output, { stage: opened.stage ?? null, routes: found.map(routeAsJson) }, opened.secrets)
  else
    print(output, redact(found.map((one) => drawRoute(one, widthOfTerminal())).join('\n\n'), opened.secrets))
  return 0
}
