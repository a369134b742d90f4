/** V4: what a run has uploaded is kept, and the next one goes on after it. */
import { expect, onTestFinished, test, vi } from 'vitest'
import type { Raw } from '../../../scripts/sandbox/tumblr/post.ts'
import type { Report } from '../../../src/core/report/report.ts'
import { handler } from '../../../src/repost.ts'
import { answeringServer } from '../../support/answering-server.ts'
import {
  blog,
  count,
  type Driver,
  day,
  firstLines,
  minute,
  picture,
  type Ran,
  schedule,
  startDriver,
} from '../../support/run.ts'

const second = 1000
const images = (many: number) =>
  Array.from({ length: many }, (_, at) => ({ ...picture, altText: `Hill ${at + 1}.` }))
const altTexts = ({ sandbox }: Driver): readonly unknown[] =>
  sandbox.mastodon.statuses.flatMap(({ media }) => media.map(({ description }) => description))

/** From now on each upload takes so long. */
function slowUploads({ sandbox, later }: Driver, ms: number): void {
  sandbox.switchboard.weather = async ({ name }) => {
    if (name === 'upload') later(ms)
    return undefined
  }
}

/** A run on a function with this timeout, which ends in time. */
async function runOf({ run }: Driver, timeout: number): Promise<Ran> {
  const end = Date.now() + timeout
  const ran = await run(undefined, { timeLeft: () => end - Date.now() })
  expect(Date.now()).toBeLessThan(end)
  return ran
}

test('four images at 30 s each and a timeout of 180 s: the second run posts them, and none is uploaded twice', async () => {
  const driver = await startDriver()
  slowUploads(driver, 30 * second)
  const id = driver.publish({ images: images(4) })
  const first = await runOf(driver, 180 * second)
  expect(first.route).toMatchObject({ outcome: 'more', posted: [], retrying: [], cutShort: true })
  expect(count(first.called('mastodon'), 'upload')).toBe(4)
  expect(count(first.called('dynamodb'), 'PutItem')).toBe(3)
  const next = await runOf(driver, 180 * second)
  expect(next.route).toMatchObject({ outcome: 'done', posted: [{ post: id }] })
  expect(count(next.called('mastodon'), 'upload')).toBe(0)
  expect(altTexts(driver)).toEqual(['Hill 1.', 'Hill 2.', 'Hill 3.', 'Hill 4.'])
})

test('ten images at 40 s each come as a whole thread in the end', async () => {
  const driver = await startDriver()
  slowUploads(driver, 40 * second)
  driver.publish({ images: images(10) })
  const runs: Ran[] = []
  while (runs.at(-1)?.route.outcome !== 'done' && runs.length < 10)
    runs.push(await runOf(driver, 180 * second))
  const uploads = runs.map(({ called }) => count(called('mastodon'), 'upload'))
  expect(uploads.reduce((sum, one) => sum + one)).toBe(10)
  expect(altTexts(driver)).toEqual(images(10).map(({ altText }) => altText))
})

test('no upload is begun that may not end in time', async () => {
  const driver = await startDriver()
  const { run, publish, sandbox } = driver
  publish({ images: images(2) })
  const uploads = (): number =>
    count(
      sandbox.switchboard.calls.map(({ name }) => name),
      'upload',
    )
  const { route, called } = await run(undefined, { timeLeft: () => (uploads() > 0 ? 59_000 : 300_000) })
  expect(route).toMatchObject({ outcome: 'more', cutShort: true })
  expect(count(called('mastodon'), 'upload')).toBe(1)
  expect((await run()).route.posted).toHaveLength(1)
  expect(uploads()).toBe(2)
  expect(altTexts(driver)).toEqual(['Hill 1.', 'Hill 2.'])
})

test('no status is created that may not end in time', async () => {
  const { run, publish, sandbox } = await startDriver()
  publish()
  const uploads = (): number =>
    count(
      sandbox.switchboard.calls.map(({ name }) => name),
      'upload',
    )
  const { route, called } = await run(undefined, { timeLeft: () => (uploads() > 0 ? 74_000 : 300_000) })
  expect(route).toMatchObject({ outcome: 'more', posted: [] })
  expect(called('mastodon')).not.toContain('create')
  const next = await run()
  expect(next.route.posted).toHaveLength(1)
  expect(next.called('mastodon')).not.toContain('upload')
})

test('an upload that fails takes none of those before it along', async () => {
  const driver = await startDriver()
  const { run, publish, sandbox, later } = driver
  publish({ images: images(4) })
  sandbox.switchboard.play({ name: 'upload', after: 2, when: 'before', play: 'drop' })
  expect((await run()).route).toMatchObject({ outcome: 'stopped' })
  later(11 * minute)
  const { route, called } = await run()
  expect(route.posted).toHaveLength(1)
  expect(count(called('mastodon'), 'upload')).toBe(2)
  expect(altTexts(driver)).toEqual(['Hill 1.', 'Hill 2.', 'Hill 3.', 'Hill 4.'])
})

test('a part with more images than the server takes in an hour is posted after the hour', async () => {
  const driver = await startDriver()
  const { run, publish, sandbox, later } = driver
  sandbox.mastodon.traits.rateLimits = { media: { limit: 3, every: 60 * minute } }
  publish({ images: images(4) })
  const { route, called } = await run()
  expect(route).toMatchObject({ outcome: 'stopped', posted: [], retrying: [] })
  expect(count(called('mastodon'), 'upload')).toBe(3)
  later(60 * minute)
  expect((await run()).route.posted).toHaveLength(1)
  expect(altTexts(driver)).toEqual(['Hill 1.', 'Hill 2.', 'Hill 3.', 'Hill 4.'])
})

/** Deadlines of ten seconds and more end a hundred times sooner. Tells what each was, in ms. */
function hurryDeadlines(): readonly number[] {
  const deadlines: number[] = []
  const wait = globalThis.setTimeout
  const hurried = (done: () => void, ms = 0): NodeJS.Timeout => {
    deadlines.push(ms)
    return wait(done, ms >= 10_000 ? ms / 100 : ms)
  }
  vi.spyOn(globalThis, 'setTimeout').mockImplementation(Object.assign(hurried, wait))
  return deadlines
}

/** The server falls silent at this upload and those after it, and so much time goes by at each; 15 s at those before. */
function silentFrom({ sandbox, later }: Driver, nth: number, ms: number): void {
  let uploads = 0
  sandbox.switchboard.weather = async ({ name }) => {
    if (name !== 'upload') return undefined
    if (++uploads >= nth) {
      setTimeout(() => later(ms), 100)
      return { when: 'before', play: 'hang' }
    }
    later(15 * second)
    return undefined
  }
}

test('an upload that is not done when the time is over is given up, and the run ends in time', async () => {
  const driver = await startDriver()
  const deadlines = hurryDeadlines()
  driver.publish({ images: images(2) })
  silentFrom(driver, 2, 50 * second)
  const { route } = await runOf(driver, 80 * second)
  expect(route).toMatchObject({ outcome: 'more', retrying: [], cutShort: true })
  // 65 s were left, and 15 s belong to the end of the run.
  expect(deadlines.filter((ms) => ms > 49 * second && ms <= 50 * second)).toHaveLength(1)
  driver.sandbox.switchboard.weather = async () => undefined
  const { called } = await driver.run()
  expect(count(called('mastodon'), 'upload')).toBe(1)
  expect(altTexts(driver)).toEqual(['Hill 1.', 'Hill 2.'])
})

test('one that had ample time has failed: the next run would have no more', async () => {
  const driver = await startDriver()
  hurryDeadlines()
  driver.publish({ text: 'A' })
  silentFrom(driver, 1, 110 * second)
  const { route } = await runOf(driver, 125 * second)
  expect(route).toMatchObject({ outcome: 'stopped', why: expect.stringContaining('no answer') })
  expect(route.cutShort).toBeUndefined()
})

type Begun = { readonly id: string; readonly blocks: readonly Raw[] }

/** Uploads two of four images, and leaves the post so. */
async function begin(driver: Driver): Promise<Begun> {
  const { sandbox, publish, run } = driver
  const blocks = images(4).map((image) => sandbox.tumblr.image(image))
  const id = publish({ text: 'As it was', content: blocks, images: [] })
  sandbox.switchboard.play({ name: 'upload', after: 2, when: 'before', play: 'drop' })
  expect((await run()).route.outcome).toBe('stopped')
  return { id, blocks }
}

test('E7: within the hour the thread is the one that the uploads belong to', async () => {
  const driver = await startDriver()
  const { id, blocks } = await begin(driver)
  driver.sandbox.tumblr.edit(blog, id, { text: 'As it is', content: blocks.slice(1) })
  driver.later(50 * minute)
  expect((await driver.run()).route.posted).toHaveLength(1)
  expect(firstLines(driver.texts())).toEqual(['As it was'])
  expect(altTexts(driver)).toEqual(['Hill 1.', 'Hill 2.', 'Hill 3.', 'Hill 4.'])
})

const another = { ...picture, altText: 'Another.' }
const changes: readonly (readonly [
  string,
  change: (blocks: readonly Raw[], other: Raw) => readonly Raw[],
  uploads: number,
  shows: readonly string[],
])[] = [
  ['the same images', (blocks) => blocks, 2, ['Hill 1.', 'Hill 2.', 'Hill 3.', 'Hill 4.']],
  ['another second image', ([first = {}], other) => [first, other], 1, ['Hill 1.', 'Another.']],
  [
    'another first image',
    ([_, ...blocks], other) => [other, ...blocks],
    4,
    ['Another.', 'Hill 2.', 'Hill 3.', 'Hill 4.'],
  ],
]
test.each(changes)('later it is composed anew, and keeps the uploads that fit: with %s', async (...cased) => {
  const [, change, uploads, shows] = cased
  const driver = await startDriver()
  const { id, blocks } = await begin(driver)
  const content = change(blocks, driver.sandbox.tumblr.image(another))
  driver.sandbox.tumblr.edit(blog, id, { text: 'As it is', content })
  driver.later(61 * minute)
  const { route, called } = await driver.run()
  expect(route.posted).toHaveLength(1)
  expect(count(called('mastodon'), 'upload')).toBe(uploads)
  expect(firstLines(driver.texts())).toEqual(['As it is'])
  expect(altTexts(driver)).toEqual(shows)
})

test('and none that the server has no more', async () => {
  const driver = await startDriver()
  driver.sandbox.mastodon.traits.mediaLife = 60 * minute
  await begin(driver)
  driver.later(61 * minute)
  const { route, called } = await driver.run()
  expect(route.posted).toHaveLength(1)
  expect(count(called('mastodon'), 'upload')).toBe(4)
  expect(count(called('mastodon'), 'create')).toBe(1)
  expect(altTexts(driver)).toEqual(['Hill 1.', 'Hill 2.', 'Hill 3.', 'Hill 4.'])
})

test('uploads that are nearly a day old are not used, though the server still has them', async () => {
  const driver = await startDriver()
  await begin(driver)
  driver.later(day - 30 * minute)
  const { route, called } = await driver.run()
  expect(route.posted).toHaveLength(1)
  expect(count(called('mastodon'), 'upload')).toBe(4)
})

test('E6: what was uploaded to mend a status is kept, too', async () => {
  const driver = await startDriver()
  const { run, publish, sandbox } = driver
  const { switchboard, mastodon } = sandbox
  mastodon.traits.loseAttachments = 1
  publish({ images: images(3) })
  // The first edit changes nothing, as on a server that has lost an upload.
  let seen = ''
  const remember = async (answer: Response): Promise<Response> => {
    seen = await answer.text()
    return new Response(seen, answer)
  }
  const editsOf = new Set<number>()
  switchboard.weather = async ({ name, n }) => {
    if (name === 'status') return { when: 'after', play: { change: remember } }
    if (name !== 'edit' || editsOf.size > 1) return undefined
    editsOf.add(n)
    return { when: 'before', play: { status: 200, body: seen } }
  }
  const uploads = (): number =>
    count(
      switchboard.calls.map(({ name }) => name),
      'upload',
    )
  const cut = await run(undefined, { timeLeft: () => (uploads() > 3 ? 59_000 : 300_000) })
  expect(cut.route).toMatchObject({ outcome: 'more', posted: [], cutShort: true })
  expect(uploads()).toBe(4)
  const { route, called } = await run()
  expect(route.posted).toHaveLength(1)
  expect(count(called('mastodon'), 'upload')).toBe(2)
  expect(altTexts(driver)).toEqual(['Hill 1.', 'Hill 2.', 'Hill 3.'])
})

test('E6: a status is mended though the server has lost the images that it dropped', async () => {
  const driver = await startDriver()
  const { run, publish, sandbox, later } = driver
  const { switchboard, mastodon } = sandbox
  Object.assign(mastodon.traits, { loseAttachments: 1, mediaLife: 60 * minute })
  publish({ images: images(3) })
  switchboard.play({ name: 'statuses', when: 'before', times: 1, play: { status: 503 } })
  expect((await run()).route).toMatchObject({ posted: [], outcome: 'stopped' })
  later(61 * minute)
  expect((await run()).route.posted).toHaveLength(1)
  expect(altTexts(driver)).toEqual(['Hill 1.', 'Hill 2.', 'Hill 3.'])
})

test('V4: nothing of a thread goes out before all its images can be had', async () => {
  const { run, publish, later, sandbox, texts } = await startDriver()
  const bad = publish({ images: [...images(5), { ...picture, state: 'missing' as const }] })
  const good = publish({ text: 'Good' })
  await run()
  later(181 * minute)
  const { route } = await run()
  expect(route).toMatchObject({ parked: [{ post: bad }], posted: [{ post: good }] })
  expect(firstLines(texts())).toEqual(['Good'])
  expect(sandbox.mastodon.statuses).toHaveLength(1)
})

const large = { ...picture, width: 1200, height: 800 }
const widths = ({ sandbox }: Driver): readonly unknown[] =>
  sandbox.mastodon.statuses.flatMap(({ media }) => media.map(({ width }) => width))

test('one 503 of the image host, and no smaller picture is taken for it', async () => {
  const driver = await startDriver()
  driver.publish({ images: [large] })
  driver.sandbox.switchboard.play({ service: 'pictures', when: 'before', play: { status: 503 } })
  expect((await driver.run()).route.posted).toEqual([])
  driver.later(11 * minute)
  expect((await driver.run()).route.posted).toHaveLength(1)
  expect(widths(driver)).toEqual([1200])
})

test('a smaller picture is taken where the best one has failed for an hour', async () => {
  const driver = await startDriver()
  const { run, publish, sandbox, later } = driver
  publish({ images: [large] })
  let best: string | undefined
  sandbox.switchboard.weather = async ({ service, path }) => {
    if (service !== 'pictures') return undefined
    best ??= path
    if (path !== best) return undefined
    return { when: 'before', play: { status: 404 } }
  }
  for (const wait of [11, 21, 41]) {
    expect((await run()).route.posted).toEqual([])
    later(wait * minute)
  }
  expect((await run()).route.posted).toHaveLength(1)
  expect(widths(driver)).not.toEqual([1200])
})

test('a scheduled run that its time has cut short sends itself on, and only then', async () => {
  const driver = await startDriver()
  slowUploads(driver, 40 * second)
  driver.publish({ images: images(4) })
  const api = await answeringServer((_, response) => response.writeHead(202).end())
  onTestFinished(() => api.close())
  const env = { ...driver.env, AWS_LAMBDA_FUNCTION_NAME: 'levity-prod', AWS_ENDPOINT_URL_LAMBDA: api.origin }
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value)
  // Its log goes to the terminal.
  vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  const invoke = (event: unknown): Promise<Report> => {
    const end = Date.now() + 180 * second
    return handler(event, { getRemainingTimeInMillis: () => end - Date.now() })
  }
  expect(await invoke({})).toMatchObject({ routes: [{ outcome: 'more', cutShort: true }] })
  expect(api.received).toEqual([])
  driver.publish({ images: images(4) })
  const report = await invoke(schedule)
  expect(report).toMatchObject({ routes: [{ posted: [{}], cutShort: true }], sent: ['main'] })
  const [sent, ...others] = api.received
  expect(others).toEqual([])
  expect(sent?.path).toBe('/2015-03-31/functions/levity-prod/invocations')
  const event: unknown = JSON.parse(sent?.body.toString() ?? '')
  expect(event).toMatchObject({ detail: { route: 'main', turn: 1 } })
  expect(await invoke(event)).toMatchObject({ routes: [{ outcome: 'done', posted: [{}] }] })
  expect(api.received).toHaveLength(1)
})

test('V4: uploads are not kept where the server does not tell whether it has them', async () => {
  const { publish, run, later, sandbox } = await startDriver({
    mastodon: { software: 'snac', mediaLife: 60 * minute },
  })
  publish({ images: [picture, picture] })
  sandbox.switchboard.play({ name: 'upload', after: 1, when: 'before', play: { status: 503 } })
  expect((await run()).route.posted).toEqual([])
  later(62 * minute)
  expect((await run()).route.posted).toHaveLength(1)
  expect(sandbox.mastodon.statuses.map(({ media }) => media.length)).toEqual([2])
})
