/** A person's word on posts, carried out and told. */
import type { PostKey } from '../../src/io/ledger/ledger.ts'
import { expectYes, print, printJson } from '../terminal/print.ts'
import type { Asked, Command } from './arguments.ts'
import {
  type Changed,
  forget,
  forgetEverything,
  markPosted,
  nameOf,
  parkedKeys,
  retry,
  skip,
} from './change.ts'
import { findStatuses } from './outside.ts'
import { type Place, routeOf, routesOf, type Shelf } from './place.ts'

type Doing<T extends Command['do']> = Extract<Command, { do: T }>
type Told = Changed & { readonly route: string }

export async function retryAsked(place: Place, asked: Asked, { which }: Doing<'retry'>): Promise<void> {
  if (which !== 'parked') return conclude(await changeAll(place, asked, which, retry), asked)
  const all: Told[] = []
  for (const route of routesOf(place, asked.route)) {
    const shelf = place.open(route)
    all.push(...(await changeEach(shelf, asked, await parkedKeys(shelf), retry)))
  }
  if (all.length === 0 && !asked.json) return print('No post is parked')
  conclude(all, asked)
}

export const skipAsked = async (
  place: Place,
  asked: Asked,
  { which, reason }: Doing<'skip'>,
): Promise<void> =>
  conclude(await changeAll(place, asked, which, (shelf, key) => skip(shelf, key, reason)), asked)

export async function markAsked(place: Place, asked: Asked, { which, urls }: Doing<'posted'>): Promise<void> {
  const statuses = await findStatuses(place, routeOf(place, asked.route), which[0].id, urls)
  conclude(await changeAll(place, asked, which, (shelf, key) => markPosted(shelf, key, statuses)), asked)
}

export async function forgetAsked(
  place: Place,
  asked: Asked,
  { which, yes }: Doing<'forget'>,
): Promise<void> {
  const route = routeOf(place, asked.route)
  if (which !== 'everything') {
    const warning = 'The next run can post it again, even where it stands on Mastodon already.'
    if (!yes) await expectYes(`post ${which.map(nameOf).join(', ')}`, warning)
    return conclude(await changeAll(place, asked, which, forget), asked)
  }
  const warning =
    'Runs no longer know what they have posted: under any LEVITY_START but now it can be posted again.'
  if (!yes) await expectYes(`everything of the route ${route}`, warning, route)
  const forgotten = await forgetEverything(place.open(route))
  if (asked.json) return printJson({ route, forgotten })
  print(`${route}: ${forgotten} records are forgotten; the next run begins afresh. ${warning}`)
}

type Change = (shelf: Shelf, key: PostKey) => Promise<Changed>

const changeAll = (
  place: Place,
  asked: Asked,
  keys: readonly PostKey[],
  change: Change,
): Promise<readonly Told[]> => changeEach(place.open(routeOf(place, asked.route)), asked, keys, change)

/** One after the other, told as it goes; what is refused is said, and the rest done all the same. */
async function changeEach(
  shelf: Shelf,
  { json }: Asked,
  keys: readonly PostKey[],
  change: Change,
): Promise<readonly Told[]> {
  const all: Told[] = []
  for (const key of keys) {
    const changed = await change(shelf, key)
    const line = `${shelf.route}: post ${changed.post}: ${changed.says}`
    if (!changed.done) console.error(line)
    else if (!json) print(line)
    all.push({ route: shelf.route, ...changed })
  }
  return all
}

function conclude(all: readonly Told[], { json }: Asked): void {
  if (json) printJson(all)
  const refused = all.filter(({ done }) => !done)
  if (refused.length > 0) process.exitCode = refused.every(({ busy }) => busy) ? 2 : 1
}
