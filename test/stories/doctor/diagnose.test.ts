/** The built function asked for a doctor: it answers where a run would fail, too. */
import { beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { startParameters } from '../../../scripts/sandbox/parameters.ts'
import { type Sandbox, startSandbox } from '../../../scripts/sandbox/sandbox.ts'
import { builtFunction, type Lambda, startLambda } from '../../support/lambda.ts'

let sandbox: Sandbox
beforeAll(async () => {
  await builtFunction()
})
beforeEach(async () => {
  sandbox = await startSandbox({ content: 'empty' })
  onTestFinished(() => sandbox.close())
})

async function start(env: Readonly<Record<string, string>>, timeoutMs?: number): Promise<Lambda> {
  const lambda = await startLambda({ ...sandbox.env, ...env }, timeoutMs)
  onTestFinished(() => lambda.close())
  return lambda
}
const logged = (lambda: Lambda): readonly unknown[] =>
  lambda
    .output()
    .split('\n')
    .filter((line) => line.startsWith('{"level"'))
    .map((line) => JSON.parse(line))
const cross = (check: string, says: unknown): unknown => expect.objectContaining({ check, ok: false, says })

test('with every mistake a cross, no secret told, and no failure; a run still fails', async () => {
  const lambda = await start({
    MASTODON_URL: 'https://me:hush-hush@m.example',
    TUMBLR_CONSUMER_KEY: 'nobody-knows',
    LEVITY_DELAY: 'soon',
  })
  const { ended, body } = await lambda.invoke({ mode: 'doctor' })
  expect({ ended, body }).toMatchObject({
    ended: 'response',
    body: {
      routes: [
        {
          route: 'main',
          outcome: 'done',
          checks: expect.arrayContaining([
            cross(
              'variables',
              expect.stringContaining('for MASTODON_URL but received an address with a user name'),
            ),
            cross('variables', expect.stringContaining('for LEVITY_DELAY')),
            cross('key', expect.stringContaining('HTTP 401')),
            expect.objectContaining({ check: 'table', ok: true }),
            expect.objectContaining({ check: 'version', ok: true, says: expect.stringMatching(/sharp \d/) }),
          ]),
        },
      ],
    },
  })
  expect(logged(lambda)).toMatchObject([
    { level: 'INFO', message: expect.stringMatching(/^main: \d+ checks, \d+ not well$/), event: 'report' },
  ])
  expect(JSON.stringify(body) + lambda.output()).not.toMatch(/hush-hush|nobody-knows/)
  expect(lambda.output()).not.toContain('_aws')
  expect(await lambda.invoke({})).toMatchObject({ ended: 'error', body: { errorType: 'ConfigError' } })
})

test('only where it is asked for is it loaded, and it needs no time that a run would', async () => {
  const lambda = await start({}, 20_000)
  expect(await lambda.invoke({})).toMatchObject({
    ended: 'error',
    body: { errorMessage: expect.stringContaining('at least 120 s') },
  })
  expect(lambda.loaded().filter((path) => path.startsWith('diagnose'))).toEqual([])
  expect(await lambda.invoke({ mode: 'doctor' })).toMatchObject({ ended: 'response' })
  expect(lambda.loaded().filter((path) => path.startsWith('diagnose'))).toHaveLength(1)
})

test('reads Parameter Store anew, and says why where it cannot', async () => {
  const store = await startParameters({ '/levity/token': sandbox.mastodon.accessToken })
  onTestFinished(() => store.close())
  const lambda = await start({ MASTODON_ACCESS_TOKEN: 'ssm:/levity/token', AWS_ENDPOINT_URL_SSM: store.url })
  const token = async (): Promise<unknown> => {
    const { body } = await lambda.invoke({ mode: 'doctor' })
    return body
  }
  expect(await token()).toMatchObject({
    routes: [{ checks: expect.arrayContaining([{ check: 'token', ok: true, says: 'the server takes it' }]) }],
  })
  store.values.set('/levity/token', 'an-older-one')
  expect(await token()).toMatchObject({
    routes: [
      { checks: expect.arrayContaining([cross('token', expect.stringContaining('the server refuses it'))]) },
    ],
  })
  store.denied.add('/levity/token')
  const fresh = await start({ MASTODON_ACCESS_TOKEN: 'ssm:/levity/token', AWS_ENDPOINT_URL_SSM: store.url })
  const { body } = await fresh.invoke({ mode: 'doctor' })
  expect(body).toMatchObject({
    routes: [
      {
        checks: expect.arrayContaining([
          cross(
            'variables',
            expect.stringMatching(
              /^Expected the value of MASTODON_ACCESS_TOKEN from Parameter Store but Parameter Store could not read \/levity\/token: HTTP 400, AccessDenied/,
            ),
          ),
          expect.objectContaining({ check: 'blog', ok: true }),
          cross('token', 'it was not asked: the variables for it have mistakes'),
        ]),
      },
    ],
  })
  expect(JSON.stringify(body) + lambda.output()).not.toContain('an-older-one')
})
