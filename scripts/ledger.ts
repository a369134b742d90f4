/**
 * `npm run ledger`: what the ledger knows of each post, here or in the cloud, and a person's word on it; see `usage`.
 * Listing changes nothing, and makes no ledger where there is none. Every change is one conditional write, so that a run may
 * go on at the same time. Exit code 0: done. 1: something was not done, and is said on stderr. 2: a run is at it: try again later.
 */
import { redact } from '../src/core/config/secrets.ts'
import { type Asked, type Command, command, readAsked } from './ledger/arguments.ts'
import { exportTo, importFrom, readExported } from './ledger/carry.ts'
import { explain, NoLedger } from './ledger/failure.ts'
import { drawRoute, readRoute, routeAsJson } from './ledger/list.ts'
import { openPlace, type Place, routesOf } from './ledger/place.ts'
import { forgetAsked, markAsked, retryAsked, skipAsked } from './ledger/word.ts'
import { run } from './terminal/command.ts'
import { print, printJson } from './terminal/print.ts'
import { widthOfTerminal } from './terminal/screen.ts'

async function list(
  place: Place,
  { route, json }: Asked,
  command: Extract<Command, { do: 'list' }>,
): Promise<void> {
  const found = []
  for (const name of routesOf(place, route)) found.push(await readRoute(place.open(name), command))
  if (json) return printJson({ stage: place.stage ?? null, routes: found.map(routeAsJson) }, place.secrets)
  print(redact(found.map((one) => drawRoute(one, widthOfTerminal())).join('\n\n'), place.secrets))
}

async function carryOut(asked: Asked): Promise<void> {
  const { command } = asked
  switch (command.do) {
    case 'list':
      return at(asked, (place) => list(place, asked, command)).catch((error: unknown) => {
        if (!(error instanceof NoLedger)) throw error
        if (asked.json) printJson({ stage: asked.stage ?? null, routes: [] })
        else print(error.message)
      })
    case 'retry':
      return at(asked, (place) => retryAsked(place, asked, command))
    case 'skip':
      return at(asked, (place) => skipAsked(place, asked, command))
    case 'posted':
      return at(asked, (place) => markAsked(place, asked, command))
    case 'forget':
      return at(asked, (place) => forgetAsked(place, asked, command))
    case 'export':
      return at(asked, (place) => exportTo(place, asked, command))
    case 'import': {
      const exported = await readExported(command.file)
      return at(asked, (place) => importFrom(place, asked, exported, command.replace), true)
    }
  }
}

async function at(asked: Asked, act: (place: Place) => Promise<void>, create = false): Promise<void> {
  const place = await openPlace({ ...asked, create })
  try {
    await act(place)
  } catch (error) {
    throw explain(error, place.table, place.secrets)
  } finally {
    await place.close()
  }
}

process.exitCode = await run(command, (given) => carryOut(readAsked(given)))
