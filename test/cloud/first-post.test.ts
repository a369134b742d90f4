/** The whole way: deployed by the AWS CLI, run under Lambda's own runtime client, posted on the sandbox's Mastodon. */
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type LambdaSandbox, startLambdaSandbox } from '../../scripts/sandbox/lambda.ts'
import { type Cloud, startCloud } from '../support/cloud.ts'
import { missing } from '../support/moto.ts'

describe.skipIf(missing)('after a first deployment', { timeout: 180_000 }, () => {
  let cloud: Cloud
  let lambda: LambdaSandbox
  beforeAll(async () => {
    cloud = await startCloud()
    await cloud.makeBucket()
    await cloud.writeSettings('prod')
    const { TUMBLR_BLOG, TUMBLR_CONSUMER_KEY, TUMBLR_API_URL, MASTODON_URL, MASTODON_ACCESS_TOKEN } =
      cloud.sandbox.env
    const settings = { TUMBLR_BLOG, TUMBLR_CONSUMER_KEY, TUMBLR_API_URL, MASTODON_URL, MASTODON_ACCESS_TOKEN }
    lambda = await startLambdaSandbox({
      codeDir: fileURLToPath(new URL('../../dist/lambda', import.meta.url)),
      functionName: 'levity-prod',
      env: {
        ...Object.fromEntries(Object.entries(settings).map(([name, value = '']) => [name, value])),
        LEVITY_TABLE: 'levity-prod',
        POWERTOOLS_SERVICE_NAME: 'levity-prod',
        AWS_ENDPOINT_URL_DYNAMODB: cloud.url,
        NODE_EXTRA_CA_CERTS: cloud.env['NODE_EXTRA_CA_CERTS'] ?? '',
      },
      memoryMb: 1024,
      timeoutMs: 300_000,
      forwardTo: cloud.url,
    })
    cloud.env['AWS_ENDPOINT_URL'] = lambda.url
  })
  afterAll(async () => {
    await lambda?.close()
    await cloud?.close()
  })

  test('the newest post is shown, and posted where that is wanted; a plan afterwards has nothing left', async () => {
    const { code, out, err } = await cloud.run('deploy', '--package', cloud.zip, '--post-newest')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    const [, post] = /^Post (\d+) \(\S+\) would become$/m.exec(out) ?? []
    const [, address] = /^It is posted: (\S+)/m.exec(out) ?? []
    const statuses = cloud.sandbox.mastodon.statuses
    expect(statuses.map(({ url }) => url)).toContain(address)
    expect(lambda.invocations.map(({ event }) => event)).toEqual([
      { route: 'main', mode: 'plan' },
      { route: 'main', post },
    ])
    expect(await cloud.run('invoke', '{"mode":"plan"}')).toEqual({
      code: 0,
      out: expect.stringMatching(/^main: 0 to post/m),
      err: '',
    })
    expect(cloud.sandbox.mastodon.statuses).toHaveLength(statuses.length)
  })
})
