/** `npm start`: one run in the sandbox, through the bundle that Lambda loads; shows what was posted, and that it is posted once. */
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Report, RouteReport, RunEvent } from '../../src/core/report/report.ts'
import { buildBundle } from '../build/package.ts'
import { useLedgerAt } from '../sandbox/dynamodb/dynamodb.ts'
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts'
import type { CommandLine } from '../terminal/arguments.ts'
import { drawThread, type ShownStatus } from '../terminal/card.ts'
import { Refusal } from '../terminal/refusal.ts'
import { bold, createScreen, type Screen, widthOfTerminal } from '../terminal/screen.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const bundle = join(root, 'dist/lambda/repost.mjs')

type ImageEvent = Extract<RunEvent, { event: 'image' }>
type Bundle = Pick<typeof import('../../src/repost.ts'), 'runAll' | 'whyFailed'>

async function loadBundle(): Promise<Bundle> {
  if (await isStale()) await buildBundle()
  return import(pathToFileURL(bundle).href)
}

/** Whether the bundle is missing, or older than its sources. */
async function isStale(): Promise<boolean> {
  const built = await stat(bundle).catch(() => undefined)
  if (built === undefined) return true
  const names = await readdir(join(root, 'src'), { recursive: true })
  const files = [...names.map((name) => join('src', name)), 'package-lock.json']
  const times = await Promise.all(files.map(async (name) => (await stat(join(root, name))).mtimeMs))
  return times.some((time) => time > built.mtimeMs)
}

/** Runs twice and gives one sentence for each thing that went wrong. */
async function show(sandbox: Sandbox, screen: Screen): Promise<readonly string[]> {
  const { runAll, whyFailed } = await loadBundle()
  const env = { ...sandbox.env, LEVITY_START: 'all', LEVITY_DELAY: '0' }
  const images: ImageEvent[] = []
  const tell = (event: RunEvent): void => {
    if (event.event !== 'image') return
    images.push(event)
    screen.tell(event)
  }
  const run = (): Promise<Report> => runAll({}, { env, timeLeft: () => Number.POSITIVE_INFINITY, tell })
  const { tumblr, mastodon, switchboard } = sandbox
  screen.print(
    bold('A Tumblr, a Mastodon and a DynamoDB stand on this machine. A run posts what the blog has.'),
  )
  const first = await run()
  screen.clear()
  showPosts(first, images, sandbox, screen)
  const [published, asked] = [mastodon.statuses.length, switchboard.calls.length]
  const second = await run()
  const calls = switchboard.calls.slice(asked).map(({ service, name }) => `${service} ${name}`)
  screen.print('')
  screen.print(
    `${bold('A second run')} posted ${mastodon.statuses.length - published} and made ${calls.length} requests: ${calls.sort().join(', ')}.`,
  )
  screen.print(`(The blog was ${tumblr.url}, the server ${mastodon.url}; both are gone now.)`)
  return [
    whyFailed(first),
    whyFailed(second),
    first.routes.every(({ posted }) => posted.length > 0) ? undefined : 'Expected posts but none came out',
    mastodon.statuses.length > published ? 'Expected nothing from a second run but it posted' : undefined,
    ...first.routes.flatMap(({ parked, retrying }) => [...parked, ...retrying].map(({ reason }) => reason)),
    ...mastodon.unlawful(),
  ].filter((problem) => problem !== undefined)
}

function showPosts(
  { routes, ms }: Report,
  images: readonly ImageEvent[],
  sandbox: Sandbox,
  screen: Screen,
): void {
  for (const { posted, skipped } of routes) {
    for (const one of posted) {
      screen.print('')
      screen.print(drawThread([`Post ${one.post}`], statusesOf(one, images, sandbox), widthOfTerminal()))
    }
    screen.print('')
    for (const { post, reason } of skipped) screen.print(`Post ${post} was skipped: ${reason}.`)
    screen.print(
      `${posted.length} posts with ${images.length} images became ${posted.flatMap((one) => one.statuses).length} statuses in ${(ms / 1000).toFixed(1)} s.`,
    )
  }
}

/** The statuses as the server has them, with what the run reported of each image. */
function statusesOf(
  { post, statuses }: RouteReport['posted'][number],
  images: readonly ImageEvent[],
  { mastodon }: Sandbox,
): readonly ShownStatus[] {
  const left = images.filter((image) => image.post === post)
  return statuses.flatMap((url) => {
    const status = mastodon.statuses.find((one) => one.url === url)
    if (status === undefined) return []
    const shown = left.splice(0, status.media.length)
    return {
      ...status,
      images: shown.map(({ change, from, to }, at) => ({
        change,
        from,
        to,
        altText: status.media[at]?.description,
      })),
    }
  })
}

export const command = {
  name: 'start',
  says: 'One run in a sandbox on this machine: shows what was posted, and that it is posted once.',
  options: {},
  exits: { 0: 'done', 1: 'something went wrong' },
} as const satisfies CommandLine

export async function start(): Promise<number> {
  const sandbox = await startSandbox({ content: 'pretty' })
  try {
    sandbox.trust()
    useLedgerAt(sandbox.ledger.url)
    const screen = createScreen()
    const problems = await show(sandbox, screen)
    for (const problem of problems) console.error(problem)
    if (problems.length === 0)
      screen.print('\nNext, for your own blog: npm run setup, npm run plan, npm run once')
    return problems.length > 0 ? 1 : 0
  } catch (error) {
    throw error instanceof Error ? new Refusal(error.message) : error
  } finally {
    await sandbox.close()
  }
}
