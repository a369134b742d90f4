/** `npm run plan`: everything that the next run would do. It publishes and stores nothing, and makes no ledger. */
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { parsePossible } from '../../src/core/config/possible.ts'
import { redact, redacting } from '../../src/core/config/secrets.ts'
import type { Report } from '../../src/core/report/report.ts'
import { runAll, whyFailed } from '../../src/repost.ts'
import type { KeptImage } from '../../src/world.ts'
import { type RawSettings, readSettingsAt } from '../cloud/settings-at.ts'
import { findLedgerHere } from '../ledger/file.ts'
import type { Given } from '../terminal/arguments.ts'
import { run, type Surroundings } from '../terminal/command.ts'
import { Refusal } from '../terminal/refusal.ts'
import { createScreen, describePlan, describeRoute, type TerminalOutput } from '../terminal/screen.ts'
import { type Asked, command, readAsked, splitHtml } from './arguments.ts'
import { drawPage } from './page.ts'
import { PagePictures } from './pictures.ts'

async function planRoutes(
  around: Surroundings,
  asked: Asked,
  { env, parameters }: RawSettings,
  keep: (image: KeptImage) => void,
): Promise<Report> {
  const { stage, route, post } = asked
  const event = {
    mode: 'plan',
    ...(route !== undefined && { route }),
    ...(post !== undefined && { post }),
  }
  const openLedgers = stage === undefined ? await findLedgerHere({ readOnly: true }, around) : undefined
  const forever = (): number => Number.POSITIVE_INFINITY
  return runAll(event, { env, parameters, timeLeft: forever, tell: () => {}, keep, openLedgers })
}

/** On a terminal, one line that shows progress and is removed in the end. */
function watchImages(out: TerminalOutput): { seen(image: KeptImage): void; clear(): void } {
  if (out.isTTY !== true) return { seen: () => {}, clear: () => {} }
  const screen = createScreen(out)
  const sizeOf = ({ bytes, width, height }: KeptImage['from']) => ({ bytes: bytes.length, width, height })
  return {
    clear: screen.clear,
    seen: ({ from, to, ...image }) =>
      screen.tell({ event: 'image', ...image, from: sizeOf(from), to: sizeOf(to), altText: false }),
  }
}

async function writePage(path: string, html: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, html)
  } catch (error) {
    throw new Refusal(
      `Expected to write the page to ${path} but could not: ${error instanceof Error ? error.message : error}. Name another file: --html FILE`,
    )
  }
}

async function carryOut(given: Given<typeof command>, around: Surroundings): Promise<void> {
  const { folder, output, errors } = around
  const asked = readAsked(given)
  const settings = await readSettingsAt(asked)
  const possible = parsePossible(settings.env, settings.parameters)
  const pictures = new PagePictures()
  const watch = asked.json ? undefined : watchImages(errors)
  const report = await planRoutes(around, asked, settings, (image) => {
    if (asked.page !== undefined) pictures.keep(image)
    watch?.seen(image)
  })
  watch?.clear()
  const clean: Report = JSON.parse(JSON.stringify(report, redacting(possible.secrets)))
  output.write(`${asked.json ? JSON.stringify(clean, undefined, 2) : describeReport(clean, asked)}\n`)
  if (asked.page !== undefined) {
    const path = resolve(folder, asked.page)
    await writePage(
      path,
      await drawPage({ report: clean, routes: possible.routes, pictures, madeAt: Date.now() }),
    )
    // Where stdout has JSON, it has nothing else.
    const out = asked.json ? errors : output
    out.write(`The page is ${path}\n`)
  }
  const why = whyFailed(report)
  if (why !== undefined) throw new Refusal(redact(why, possible.secrets))
}

/** The posts too, unless a page shows them. */
function describeReport({ routes }: Report, { page }: Asked): string {
  const posts = page === undefined ? routes.flatMap(({ plan = [] }) => plan) : []
  return [...posts.map(describePlan), ...routes.map(describeRoute)].join('\n')
}

/** Resolves with the exit code. */
export const plan = (around: Surroundings): Promise<number> =>
  run(command, carryOut, { ...around, args: splitHtml(around.args) })
