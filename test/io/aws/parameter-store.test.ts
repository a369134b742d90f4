import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm'
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  onTestFinished,
  test,
  vi,
} from 'vitest'
import { sandboxAws } from '../../../scripts/sandbox/dynamodb/dynamodb.ts'
import { startParameters } from '../../../scripts/sandbox/parameters.ts'
import { createParameterStore } from '../../../src/io/aws/parameter-store.ts'
import { answeringServer, answerJson } from '../../support/answering-server.ts'
import { startMoto } from '../../support/moto.ts'

type Store = {
  readonly url: string
  put(name: string, value: string): Promise<unknown>
  close(): Promise<void>
}

async function ownStore(): Promise<Store> {
  const { url, values, close } = await startParameters()
  return { url, put: async (name, value) => values.set(name, value), close }
}

async function motoStore(): Promise<Store | undefined> {
  const moto = await startMoto()
  if (!moto) return undefined
  const client = new SSMClient({
    endpoint: moto.url,
    region: sandboxAws.AWS_REGION,
    credentials: { accessKeyId: 'sandbox', secretAccessKey: 'sandbox' },
  })
  return {
    url: moto.url,
    put: (Name, Value) =>
      client.send(new PutParameterCommand({ Name, Value, Type: 'SecureString', Overwrite: true })),
    close: async () => {
      client.destroy()
      await moto.close()
    },
  }
}

function reach(url: string): void {
  for (const [name, value] of Object.entries({ ...sandboxAws, AWS_ENDPOINT_URL_SSM: url }))
    vi.stubEnv(name, value)
}

afterEach(() => vi.unstubAllEnvs())

const stores: readonly (readonly [string, () => Promise<Store | undefined>])[] = [
  ['the sandbox', ownStore],
  ['moto', motoStore],
]
describe.each(stores)('of %s', (name, start) => {
  let store: Store | undefined
  beforeAll(async () => {
    store = await start()
  })
  beforeEach(() => {
    if (store) reach(store.url)
  })
  afterAll(() => store?.close())

  const withStore = (what: string, work: (store: Store) => Promise<void>): void =>
    test(what, async ({ skip }) => {
      if (store) return work(store)
      if (process.env['CI']) throw new Error(`Expected ${name} on this machine but found none`)
      skip(`${name} is not on this machine (pip install 'moto[server]')`)
    })

  withStore(
    'many parameters are read, deciphered, and those that are not there left out',
    async ({ put }) => {
      const wanted = Array.from({ length: 23 }, (_, n) => [`/levity/parameter-${n}`, `value ${n}`] as const)
      for (const [parameter, value] of wanted) await put(parameter, value)
      const names = wanted.map(([parameter]) => parameter)
      const { region, values } = await createParameterStore().read(['/levity/none', ...names])
      expect(region).toBe(sandboxAws.AWS_REGION)
      expect(Object.fromEntries(values)).toEqual(Object.fromEntries(wanted))
    },
  )

  withStore('a value is kept, until something is wrong', async ({ put }) => {
    await put('/levity/token', 'old')
    const parameters = createParameterStore()
    const read = async (): Promise<string | undefined> =>
      (await parameters.read(['/levity/token'])).values.get('/levity/token')
    expect(await read()).toBe('old')
    await put('/levity/token', 'new')
    expect(await read()).toBe('old')
    parameters.forget()
    expect(await read()).toBe('new')
  })

  withStore('what was not there is looked for again', async ({ put }) => {
    const parameters = createParameterStore()
    expect((await parameters.read(['/levity/late'])).values.size).toBe(0)
    await put('/levity/late', 'here')
    expect((await parameters.read(['/levity/late'])).values.get('/levity/late')).toBe('here')
  })
})

test('ten names a call, and none where none is wanted', async () => {
  const { url, calls, close } = await startParameters()
  onTestFinished(close)
  reach(url)
  const parameters = createParameterStore()
  expect((await parameters.read([])).values.size).toBe(0)
  expect(calls).toEqual([])
  const names = Array.from({ length: 11 }, (_, n) => `/levity/${n}`)
  await parameters.read(names)
  expect(calls.map(({ length }) => length).sort()).toEqual([1, 10])
  expect(new Set(calls.flat())).toEqual(new Set(names))
})

test('a parameter that may not be read is one sentence that names it, and the right that is missing; the others are read (V7)', async () => {
  const { url, denied, close } = await startParameters({ '/levity/key': 'of tumblr' })
  onTestFinished(close)
  reach(url)
  denied.add('/levity/token')
  const { values, refused } = await createParameterStore().read([
    '/levity/key',
    '/levity/none',
    '/levity/token',
  ])
  expect([...values]).toEqual([['/levity/key', 'of tumblr']])
  expect([...(refused ?? [])]).toEqual([
    [
      '/levity/token',
      expect.stringMatching(
        /^Parameter Store could not read \/levity\/token: HTTP 400, AccessDeniedException: .* not authorized to perform: ssm:GetParameters on resource: .*\/levity\/token.*$/,
      ),
    ],
  ])
})

test('a value that was read is kept where it may not be read any more, and the others are renewed', async () => {
  const { url, denied, values, close } = await startParameters({
    '/levity/key': 'old',
    '/levity/token': 'old',
  })
  onTestFinished(close)
  reach(url)
  const parameters = createParameterStore()
  const names = ['/levity/key', '/levity/token']
  await parameters.read(names)
  denied.add('/levity/token')
  values.set('/levity/key', 'new')
  parameters.forget()
  expect(Object.fromEntries((await parameters.read(names)).values)).toEqual({
    '/levity/key': 'new',
    '/levity/token': 'old',
  })
})

test('a Parameter Store that knows nobody who asks is a failure of all', async () => {
  const refusing = await answeringServer((_, response) =>
    answerJson(response, 400, { __type: 'ExpiredTokenException', message: 'The token has expired' }),
  )
  onTestFinished(refusing.close)
  reach(refusing.origin)
  await expect(createParameterStore().read(['/levity/key', '/levity/token'])).rejects.toThrow(
    /^Parameter Store could not read \/levity\/key, \/levity\/token: HTTP 400, ExpiredTokenException/,
  )
})

test('a Parameter Store that does not answer is told where nothing is known, and else does no harm', async () => {
  const { url, close } = await startParameters({ '/levity/token': 'old' })
  reach(url)
  const parameters = createParameterStore()
  await parameters.read(['/levity/token'])
  await close()
  await expect(createParameterStore().read(['/levity/token'])).rejects.toThrow(
    /^Parameter Store could not read \/levity\/token: no answer, /,
  )
  parameters.forget()
  expect((await parameters.read(['/levity/token'])).values.get('/levity/token')).toBe('old')
})
