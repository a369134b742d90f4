/** A route's records, exported to a file and imported from one. */
import { readFile, writeFile } from 'node:fs/promises'
import { type Item, routeSort } from '../../src/io/ledger/ledger.ts'
import { print, printJson } from '../terminal/print.ts'
import { Refusal } from '../terminal/refusal.ts'
import type { Command, LedgerArguments } from './arguments.ts'
import { type Exported, readExport, writeExport } from './export-format.ts'
import { expectSameIdentity, expectSameRoute } from './identity.ts'
import { importRecords } from './import.ts'
import { type OpenedLedger, routeOf } from './open.ts'

export async function exportTo(
  opened: OpenedLedger,
  { route }: LedgerArguments,
  { file }: Extract<Command, { do: 'export' }>,
): Promise<number> {
  const { output } = opened.around
  const { items, ledger, route: name } = opened.open(routeOf(opened, route))
  // Read before the posts: every post that its page names has its record then (F2).
  const [{ route: record }, routeItem] = [await ledger.read(), await items.fetch(routeSort)]
  if (record === undefined || routeItem === undefined)
    throw new Refusal(`No run of the route ${name} has written a ledger here yet: there is nothing to export`)
  const posts: Item[] = []
  for await (const item of items.all()) if (item['sk'] !== routeSort) posts.push(item)
  const whole = writeExport(name, record, [routeItem, ...posts], Date.now())
  if (file === undefined) {
    output.write(whole)
    return 0
  }
  await writeFile(file, whole, { flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
    throw new Refusal(
      error.code === 'EEXIST'
        ? `Expected a new file but received ${file}, which exists: nothing was exported`
        : `Expected a file that can be written but received ${file}: ${error.message}`,
    )
  })
  print(output, `${name}: ${posts.length} posts are exported to ${file}`)
  return 0
}

/** The whole file, read before anything is opened or written. */
export async function readExported(file: string): Promise<Exported> {
  const whole = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new Refusal(`Expected an exported ledger but ${file} cannot be read: ${error.message}`)
  })
  return readExport(whole, file)
}

export async function importFrom(
  opened: OpenedLedger,
  args: LedgerArguments,
  exported: Exported,
  replace: boolean,
): Promise<number> {
  const { heading, route } = exported
  const { output } = opened.around
  const meant = opened.routes.includes(heading.route) ? heading.route : undefined
  const name = routeOf(opened, args.route ?? meant)
  const routeLedger = opened.open(name)
  const { route: here } = await routeLedger.ledger.read()
  if (here) expectSameRoute(here, route.record, name)
  else await expectSameIdentity(opened, name, route.record)
  const counts = await importRecords(routeLedger, exported, replace)
  const exitCode = counts.busy > 0 ? 2 : 0
  if (args.json) {
    printJson(output, { route: name, ...counts })
    return exitCode
  }
  const busy = counts.busy > 0 ? `, ${counts.busy} kept because a run works on them` : ''
  print(
    output,
    `${name}: ${counts.put} records are imported, ${counts.replaced} replaced, ${counts.kept} kept as they were${busy}`,
  )
  if (counts.routeKept && here && here.start !== route.record.start)
    print(
      output,
      `The route began here already, after post ${here.start}: posts before it that are not in the file are not looked for. --replace brings the imported beginning, where that is of more runs.`,
    )
  print(
    output,
    `They are of ${heading.exportedAt}: what was posted since is not among them. Let no other ledger serve ${heading.blog} from now on.`,
  )
  return exitCode
}
