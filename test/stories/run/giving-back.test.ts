/** A claim is given back when a run ends before its post does, so that the next run need not wait until the claim ends. */
import { expect, onTestFinished, test } from 'vitest'
import { openDynamoDb } from '../../../src/io/ledger/dynamodb.ts'
import { type Driver, day, firstLines, picture, schedule, startDriver } from '../../support/run.ts'

const broken = {
  status: 500,
  headers: { 'content-type': 'application/x-amz-json-1.0' },
  body: '{"__type":"com.amazon.coral.service#InternalServerError","message":"Internal"}',
}
async function expectPostedAtOnce({ run, sandbox, texts }: Driver): Promise<void> {
  sandbox.switchboard.playNothing()
  expect((await run({})).route).toMatchObject({ outcome: 'done', posted: [{}] })
  expect(firstLines(texts())).toEqual(['A'])
}

test('where a run ends for lack of time', async () => {
  const driver = await startDriver()
  const { run, publish, sandbox } = driver
  publish({ text: 'A', images: [picture, picture] })
  const uploads = (): boolean => sandbox.switchboard.calls.some(({ name }) => name === 'upload')
  const { route } = await run(schedule, { timeLeft: () => (uploads() ? 20_000 : 300_000) })
  expect(route).toMatchObject({ outcome: 'more', posted: [], retrying: [] })
  await expectPostedAtOnce(driver)
})

test('where Mastodon is out', async () => {
  const driver = await startDriver()
  driver.publish({ text: 'A' })
  driver.sandbox.switchboard.play({ name: 'upload', when: 'before', times: 1000, play: 'drop' })
  const { route } = await driver.run()
  expect(route).toMatchObject({ outcome: 'stopped', failed: true, posted: [] })
  await expectPostedAtOnce(driver)
})

test('where one write of the ledger cannot be made and the next can', async () => {
  const driver = await startDriver()
  driver.publish({ text: 'A' })
  // The claim and the route are written; `sending` is tried four times.
  driver.sandbox.switchboard.play({ name: 'PutItem', when: 'before', after: 2, times: 4, play: broken })
  const { route } = await driver.run()
  expect(route).toMatchObject({ outcome: 'stopped', why: expect.stringContaining('DynamoDB') })
  // It is no failure of the post's, to be compared with others (V2).
  const home = openDynamoDb()
  onTestFinished(() => home.close())
  const { todo } = await home.open('levity', 'main').read()
  expect(todo).toMatchObject([{ state: 'queued', attempts: 0 }])
  expect(todo[0]?.failing).toBeUndefined()
  await expectPostedAtOnce(driver)
})

test('where the progress of a listing cannot be written before anything is published', async () => {
  const driver = await startDriver()
  const { run, publish, sandbox, env } = driver
  publish({ text: 'Before', images: [], at: Date.now() - day })
  publish({ text: 'A' })
  env['LEVITY_START'] = 'all'
  // The listing, the claim and the route are written.
  sandbox.switchboard.play({ name: 'PutItem', when: 'before', after: 3, times: 4, play: broken })
  const { route } = await run()
  expect(route).toMatchObject({ outcome: 'stopped', why: expect.stringContaining('DynamoDB') })
  delete env['LEVITY_START']
  await expectPostedAtOnce(driver)
})

test('a record that another run has written while this one noted it is left to that run', async () => {
  const { run, publish, sandbox, texts } = await startDriver()
  const { switchboard } = sandbox
  publish({ text: 'A' })
  const [reached, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const until = (): Promise<void> => {
    reached.resolve()
    return released.promise
  }
  switchboard.play({ name: 'PutItem', when: 'before', play: { until } })
  const late = run()
  await reached.promise
  expect((await run()).route).toMatchObject({ outcome: 'done', posted: [{}] })
  released.resolve()
  const { route, told } = await late
  expect(route).toMatchObject({ outcome: 'busy', why: 'another run works on this route' })
  expect(told).toEqual([])
  expect(firstLines(texts())).toEqual(['A'])
})
