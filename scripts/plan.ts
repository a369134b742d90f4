/**
 * `npm run plan`: everything the next run would do, downloads and resizing included; see `usage`. It publishes and stores
 * nothing, and makes no ledger. Exit code 0: planned. 1: a route could not be planned, or the settings are
 * wrong. 2: nothing could be asked.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { parsePossible } from '../src/core/config/possible.ts'
import { redact, redacting } from '../src/core/config/secrets.ts'
import type { Report } from '../src/core/report/report.ts'
import { runAll, whyFailed } from '../src/repost.ts'
import type { KeptImage } from '../src/world.ts'
import { readSettingsAt, type Settings } from './cloud/settings-at.ts'
import { openLedgerToRead } from './ledger/copy.ts'
import { type Asked, command, readAsked, splitHtml } from './plan/arguments.ts'
import { drawPage } from './plan/page.ts'
import { PagePictures } from './plan/pictures.ts'
import type { Given } from './terminal/arguments.ts'
import { run, surroundings } from './terminal/command.ts'
import { print, printJson } from './terminal/print.ts'
import { Refusal } from './terminal/refusal.ts'
import { createScreen, describePlan, describeRoute } from './terminal/screen.ts'

async function plan(
  asked: Asked,
  { env, parameters }: Settings,
  keep: (image: KeptImage) => void,
): Promise<Report> {
  const { stage, route, post } = asked
  const event = {
    mode: 'plan',
    ...(route !== undefined && { route }),
    ...(post !== undefined && { post }),
  }
  const ledger =
    stage === undefined ? await openLedgerToRead(parsePossible(env, parameters).table ?? 'levity') : undefined
  try {
    const forever = (): number => Number.POSITIVE_INFINITY
    return await runAll(event, { env, parameters, timeLeft: forever, tell: () => {}, keep })
  } finally {
    await ledger?.close()
  }
}

/** On a terminal, a line that tells how far it is, and goes again. */
function watchImages(json: boolean): { seen(image: KeptImage): void; clear(): void } {
  if (json || process.stderr.isTTY !== true) return { seen: () => {}, clear: () => {} }
  const screen = createScreen(process.stderr)
  const sizeOf = ({ bytes, width, height }: KeptImage['from']) => ({ bytes: bytes.length, width, height })
  return {
    clear: screen.clear,
    seen: ({ from, to, ...image }) =>
      screen.tell({ event: 'image', ...image, from: sizeOf(from), to: sizeOf(to), altText: false }),
  }
}

async function writePage(path: string, html: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, html)
}

async function planAsked(given: Given<typeof command>): Promise<void> {
  const asked = readAsked(given)
  const settings = await readSettingsAt(asked)
  const possible = parsePossible(settings.env, settings.parameters)
  const pictures = new PagePictures()
  const watch = watchImages(asked.json)
  const report = await plan(asked, settings, (image) => {
    if (asked.page !== undefined) pictures.keep(image)
    watch.seen(image)
  })
  watch.clear()
  const clean: Report = JSON.parse(JSON.stringify(report, redacting(possible.secrets)))
  if (asked.json) printJson(clean)
  else if (asked.page === undefined)
    for (const { plan = [] } of clean.routes) for (const post of plan) print(describePlan(post))
  if (!asked.json) for (const route of clean.routes) print(describeRoute(route))
  if (asked.page !== undefined) {
    const path = resolve(asked.page)
    await writePage(
      path,
      await drawPage({ report: clean, routes: possible.routes, pictures, madeAt: Date.now() }),
    )
    const told = asked.json ? console.error : print
    told(`The page is ${path}`)
  }
  const why = whyFailed(report)
  if (why !== undefined) throw new Refusal(redact(why, possible.secrets))
}

const around = surroundings()
process.exitCode = await run(command, planAsked, { ...around, args: splitHtml(around.args) })
