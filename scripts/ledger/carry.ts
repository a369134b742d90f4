/** A route's records, carried to a file and back. */
import { readFile, writeFile } from 'node:fs/promises'
import { print, printJson } from '../terminal/print.ts'
import { Refusal } from '../terminal/refusal.ts'
import type { Asked, Command } from './arguments.ts'
import { type Exported, readExport, writeExport } from './form.ts'
import { importRecords } from './import.ts'
import type { Item } from './items.ts'
import { expectSame, expectSameIdentity } from './outside.ts'
import { type Place, routeOf } from './place.ts'

export async function exportTo(
  place: Place,
  { route }: Asked,
  { file }: Extract<Command, { do: 'export' }>,
): Promise<void> {
  const { items, ledger, route: name } = place.open(routeOf(place, route))
  // Read before the posts: every post that its page names has its record then (F2).
  const [{ route: record }, routeItem] = [await ledger.read(), await items.fetch('route')]
  if (record === undefined || routeItem === undefined)
    throw new Refusal(`No run of the route ${name} has written a ledger here yet: there is nothing to export`)
  const posts: Item[] = []
  for await (const item of items.all()) if (item['sk'] !== 'route') posts.push(item)
  const whole = writeExport(name, record, [routeItem, ...posts], Date.now())
  if (file === undefined) return void process.stdout.write(whole)
  await writeFile(file, whole, { flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
    throw new Refusal(
      error.code === 'EEXIST'
        ? `Expected a new file but received ${file}, which exists: nothing was exported`
        : `Expected a file that can be written but received ${file}: ${error.message}`,
    )
  })
  print(`${name}: ${posts.length} posts are exported to ${file}`)
}

/** The whole file, read before anything is opened or written. */
export async function readExported(file: string): Promise<Exported> {
  const whole = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new Refusal(`Expected an exported ledger but ${file} cannot be read: ${error.message}`)
  })
  return readExport(whole, file)
}

export async function importFrom(
  place: Place,
  asked: Asked,
  exported: Exported,
  replace: boolean,
): Promise<void> {
  const { heading, route } = exported
  const meant = place.routes.includes(heading.route) ? heading.route : undefined
  const name = routeOf(place, asked.route ?? meant)
  const shelf = place.open(name)
  const { route: here } = await shelf.ledger.read()
  if (here) expectSame(here, route.record, name)
  else await expectSameIdentity(place, name, route.record)
  const counts = await importRecords(shelf, exported, replace)
  if (counts.busy > 0) process.exitCode = 2
  if (asked.json) return printJson({ route: name, ...counts })
  const busy = counts.busy > 0 ? `, ${counts.busy} kept because a run works on them` : ''
  print(
    `${name}: ${counts.put} records are imported, ${counts.replaced} replaced, ${counts.kept} kept as they were${busy}`,
  )
  if (counts.routeKept && here && here.start !== route.record.start)
    print(
      `The route began here already, after post ${here.start}: posts before it that are not in the file are not looked for. --replace brings the imported beginning, where that is of more runs.`,
    )
  print(
    `They are of ${heading.exportedAt}: what was posted since is not among them. Let no other ledger serve ${heading.blog} from now on.`,
  )
}
