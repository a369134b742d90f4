/** What the pages say about a run, and what their faults do to one, without a browser. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isKind, kinds } from '../../../scripts/dev/faults.ts'
import { describeRun, isIdle, type Run, reportOf } from '../../../scripts/dev/runs.ts'
import { firstSettings } from '../../../scripts/dev/settings.ts'
import type { Dev } from '../../../scripts/dev/start.ts'
import { patience, startPages } from './pages.ts'

let dev: Dev
beforeAll(async () => {
  const settings = { ...firstSettings, LEVITY_FOLLOW: 'edits' }
  dev = await startPages({ empty: true, retryDelaysMs: [], settings })
})
afterAll(() => dev?.close())

const image = { width: 400, height: 300 }

/** Until the run that the event asks for has ended. */
async function run(event: unknown = {}): Promise<Run> {
  const { runs, send } = dev.world
  const before = runs.all.length
  await send(event)
  await expect
    .poll(() => runs.all.length > before && runs.all[0]?.invocation.ending !== undefined, patience)
    .toBe(true)
  const [last] = runs.all
  if (last === undefined) throw new Error('Expected a run but received none')
  return last
}
async function runAnHourLater(): Promise<void> {
  await dev.world.letPass(3_600_000)
  await run()
}
const told = ({ invocation }: Run): readonly [string, boolean] => [
  describeRun(invocation),
  isIdle(invocation),
]

test('a run is told by all that it did, and shown whole; one that did nothing is idle', async () => {
  const { tumblr, mastodon } = dev.world.sandbox
  const { id } = tumblr.publish('hillside', { text: 'Firts.', images: [image] })
  const first = await run()
  expect(told(first)).toEqual(['1 posted', false])
  const [status] = mastodon.statuses
  expect(reportOf(first.invocation)).toMatchObject({
    routes: [{ posted: [{ post: id, statuses: [status?.url] }] }],
  })
  expect(told(await run())).toEqual(['nothing new', true])
  tumblr.edit('hillside', id, { text: 'First.' })
  expect(told(await run())).toEqual(['1 edited', false])
  const [doctor, idle] = told(await run({ mode: 'doctor' }))
  expect([doctor, idle]).toEqual([expect.stringMatching(/^\d+ checks, (all|\d+ not) well$/), false])
})

/** What Mastodon's answer to the first call is, if any comes. */
const answers = {
  '429': 429,
  '503': 503,
  refuse: 422,
  slow: 200,
  drop: undefined,
  lost: undefined,
  kill: undefined,
} as const satisfies Record<keyof typeof kinds, number | undefined>

test.each(Object.keys(kinds).filter(isKind))(
  'a new status that meets %s is there once all the same',
  async (kind) => {
    const { faults, sandbox } = dev.world
    const text = `Through ${kind}.`
    const posted = () => sandbox.mastodon.statuses.filter((status) => status.text.includes(text))
    const before = sandbox.switchboard.calls.length
    sandbox.tumblr.publish('hillside', { text, images: [image] })
    faults.set('create', kind, true)
    await run()
    const call = sandbox.switchboard.calls.slice(before).find(({ name }) => name === 'create')
    const answer = call?.status
    const { on } = faults
    faults.clear()
    for (let hours = 0; posted().length === 0 && hours < 3; hours++) await runAnHourLater()
    expect(call).toBeDefined()
    expect(answer).toBe(answers[kind])
    expect(on).toMatchObject([{ kind, once: true, spent: true }])
    expect(posted()).toHaveLength(1)
  },
)

test('later runs post none of them again', async () => {
  for (let hours = 0; hours < 3; hours++) await runAnHourLater()
  const texts = dev.world.sandbox.mastodon.statuses.map(({ text }) => text)
  for (const kind of Object.keys(kinds))
    expect(texts.filter((text) => text.includes(`Through ${kind}.`))).toHaveLength(1)
})
