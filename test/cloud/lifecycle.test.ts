/** A stage from its first deployment to its last trace, each test going on where the one before it ended. */
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb'
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { zipSync } from 'fflate'
import * as v from 'valibot'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Answering, answeringServer, answerJson } from '../support/answering-server.ts'
import { type Cloud, startCloud } from '../support/cloud.ts'
import { missing } from '../support/moto.ts'

const tagRules = `nsfw=cw:Näh & <b>"`
const Configuration = v.object({
  FunctionArn: v.string(),
  CodeSha256: v.string(),
  MemorySize: v.number(),
  Environment: v.object({ Variables: v.record(v.string(), v.string()) }),
})
/** moto runs no function: this answers in its place. `first-post.test.ts` has a real one. */
const image = { width: 640, height: 480, bytes: 9000, mimeType: 'image/jpeg' }
const planned = {
  post: '77',
  url: 'https://hillside.tumblr.com/77',
  statuses: [
    {
      text: 'Hills.',
      visibility: 'public',
      images: [{ url: 'https://i.example/1', change: 'kept', altText: 'Two hills.', from: image, to: image }],
    },
  ],
}
const report = {
  version: '0.1.0',
  ms: 1,
  routes: [{ route: 'main', outcome: 'done', posted: [], plan: [planned] }],
}
const Buckets = v.object({ Buckets: v.array(v.object({ Name: v.string() })) })

describe.skipIf(missing)('a stage', { timeout: 180_000 }, () => {
  let cloud: Cloud
  let dynamodb: DynamoDBClient
  let functions: LambdaClient
  let lambda: Answering
  const secrets: string[] = []
  const printed: string[] = []

  const run: Cloud['run'] = async (...args) => {
    const ended = await cloud.run(...args)
    printed.push(ended.out, ended.err)
    return ended
  }
  const deploy = (...args: readonly string[]) => run('deploy', '--package', cloud.zip, ...args)
  const ask = (command: string) => cloud.aws(...command.split(' '))
  /** As the function has it; not by the CLI, which takes its time. */
  const configuration = async () =>
    v.parse(
      Configuration,
      await functions.send(new GetFunctionConfigurationCommand({ FunctionName: 'levity-prod' })),
    )
  const packages = async () => {
    const { Contents } = v.parse(
      v.object({ Contents: v.array(v.object({ Key: v.string() })) }),
      await ask('s3api list-objects-v2 --bucket levity-packages-123456789012-eu-central-1'),
    )
    return Contents.map(({ Key }) => Key)
  }

  const item = { pk: { S: 'main' }, sk: { S: 'route' } }
  const items = async () => (await dynamodb.send(new ScanCommand({ TableName: 'levity-prod' }))).Items

  beforeAll(async () => {
    cloud = await startCloud()
    const { TUMBLR_CONSUMER_KEY = '', MASTODON_ACCESS_TOKEN = '' } = cloud.sandbox.env
    secrets.push(TUMBLR_CONSUMER_KEY, MASTODON_ACCESS_TOKEN)
    const access = {
      endpoint: cloud.url,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'testing', secretAccessKey: 'testing' },
    }
    dynamodb = new DynamoDBClient(access)
    functions = new LambdaClient(access)
    lambda = await answeringServer((_, response) => answerJson(response, 200, report))
    cloud.env['AWS_ENDPOINT_URL_LAMBDA'] = lambda.origin
    // What a shell may have set must not get in.
    Object.assign(cloud.env, { LEVITY_START: 'all', TUMBLR_BLOG: 'of-the-shell', ART_LEVITY_DELAY: '1h' })
    await cloud.writeSettings('prod', { LEVITY_TAG_RULES: tagRules, LEVITY_LANGUAGE: '' })
  })
  afterAll(async () => {
    dynamodb?.destroy()
    functions?.destroy()
    await Promise.all([cloud?.close(), lambda?.close()])
  })

  test('its dry run shows what would be made, and makes nothing', async () => {
    const { code, out, err } = await deploy('--dry-run')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toMatch(/^Add +Function +AWS::Lambda::Function/m)
    expect(out).toMatch(/^Nothing was changed\.$/m)
    expect(await ask('cloudformation describe-stacks')).toEqual({ Stacks: [] })
    expect(await ask('s3api list-buckets')).toMatchObject({ Buckets: [] })
  })

  test("a dry run that was broken off stands in nobody's way", async () => {
    const template = JSON.stringify({ Parameters: {}, Resources: { Queue: { Type: 'AWS::SQS::Queue' } } })
    const set = [
      '--change-set-name',
      'broken-off',
      '--change-set-type',
      'CREATE',
      '--template-body',
      template,
    ]
    const stack = ['--stack-name', 'levity-prod', '--tags', 'Key=levity:stage,Value=prod']
    await cloud.aws('cloudformation', 'create-change-set', ...stack, ...set)
    const { code, out, err } = await deploy('--dry-run')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toMatch(/^Add +Function +AWS::Lambda::Function/m)
    expect(await ask('cloudformation describe-stacks')).toEqual({ Stacks: [] })
  })

  test('its first deployment makes the whole service, with every setting of its file and no other', async () => {
    const { code, out, err } = await deploy()
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toMatch(/^create complete: levity-prod \(CloudFormation Stack\)$/m)
    expect(out).toMatch(/^main: hillside\.tumblr\.com -> @levity@127\.0\.0\.1:\d+$/m)
    const [{ Environment }, ...others] = await Promise.all([
      configuration(),
      ask(`events list-targets-by-rule --rule ${await ruleName()}`),
      ask('lambda get-policy --function-name levity-prod'),
      ask('iam list-roles'),
      ask('dynamodb describe-table --table-name levity-prod'),
      ask('sqs list-queues'),
      ask('sns list-topics'),
      ask('logs describe-log-groups'),
      ask('cloudwatch list-dashboards'),
    ])
    const { TUMBLR_CONSUMER_KEY, TUMBLR_API_URL, MASTODON_URL, MASTODON_ACCESS_TOKEN } = cloud.sandbox.env
    expect(Environment.Variables).toEqual({
      TUMBLR_BLOG: 'hillside',
      TUMBLR_CONSUMER_KEY,
      TUMBLR_API_URL,
      MASTODON_URL,
      MASTODON_ACCESS_TOKEN,
      LEVITY_TAG_RULES: tagRules,
      LEVITY_TABLE: 'levity-prod',
      MALLOC_ARENA_MAX: '2',
      MALLOC_MMAP_THRESHOLD_: '131072',
      POWERTOOLS_SERVICE_NAME: 'levity-prod',
      POWERTOOLS_METRICS_NAMESPACE: 'Levity',
    })
    expect(others).toMatchObject([
      { Targets: [{ Arn: expect.stringMatching(/:function:levity-prod$/) }] },
      { Policy: expect.stringContaining('events.amazonaws.com') },
      { Roles: [{ RoleName: expect.stringContaining('levity-prod') }] },
      { Table: { TableStatus: 'ACTIVE' } },
      { QueueUrls: [expect.stringContaining('levity-prod')] },
      { Topics: [{ TopicArn: expect.stringContaining('levity-prod') }] },
      { logGroups: [{ logGroupName: '/aws/lambda/levity-prod', retentionInDays: 30 }] },
      { DashboardEntries: [{ DashboardName: 'levity-prod' }] },
    ])
    expect(lambda.received.map(({ body }) => body.toString())).toEqual(['{"route":"main","mode":"plan"}'])
    expect(out).toMatch(/^Post 77 \(https:\/\/hillside\.tumblr\.com\/77\) would become$/m)
    expect(out.trimEnd()).toMatch(
      /It is not posted\. To post it: npm run invoke -- '\{"route":"main","post":"77"\}'$/,
    )
    expect(JSON.parse(await readFile(join(cloud.folder, '.levity/deployed-prod.json'), 'utf8'))).toEqual({
      stage: 'prod',
      account: '123456789012',
      region: 'eu-central-1',
      routes: [{ route: 'main', blog: 'hillside', server: MASTODON_URL }],
    })
  })

  const ruleName = async (): Promise<string> => {
    const answer = v.object({ Rules: v.array(v.object({ Name: v.string() })) })
    const [rule] = v.parse(answer, await ask('events list-rules')).Rules
    return rule?.Name ?? ''
  }
  const ruleState = async (): Promise<unknown> => {
    const answer = v.object({ Rules: v.array(v.object({ State: v.string() })) })
    return v.parse(answer, await ask('events list-rules')).Rules.map(({ State }) => State)
  }

  test('the bucket of its package is private, encrypted, and forgets old versions', async () => {
    const of = '--bucket levity-packages-123456789012-eu-central-1'
    const answers = await Promise.all([
      ask(`s3api get-public-access-block ${of}`),
      ask(`s3api get-bucket-encryption ${of}`),
      ask(`s3api get-bucket-versioning ${of}`),
      ask(`s3api get-bucket-lifecycle-configuration ${of}`),
      ask(`s3api get-bucket-location ${of}`),
      ask(`s3api get-bucket-ownership-controls ${of}`),
    ])
    expect(answers).toMatchObject([
      {
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          IgnorePublicAcls: true,
          BlockPublicPolicy: true,
          RestrictPublicBuckets: true,
        },
      },
      {
        ServerSideEncryptionConfiguration: {
          Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
        },
      },
      { Status: 'Enabled' },
      { Rules: [{ Status: 'Enabled', NoncurrentVersionExpiration: { NoncurrentDays: 30 } }] },
      { LocationConstraint: 'eu-central-1' },
      { OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] } },
    ])
  })

  test('deployed again without a change, it says so and is left alone', async () => {
    const before = await configuration()
    expect(await deploy()).toEqual({
      code: 0,
      out: 'levity-prod is as it should be: nothing was changed.\n',
      err: '',
    })
    expect(await configuration()).toEqual(before)
  })

  test('destroyed, nothing is left of it but its ledger', async () => {
    await dynamodb.send(new PutItemCommand({ TableName: 'levity-prod', Item: item }))
    const unasked = await run('destroy')
    expect(unasked).toMatchObject({ code: 1, err: expect.stringContaining('`npm run destroy -- --yes`') })
    const { code, out } = await run('destroy', '--yes')
    expect(code).toBe(0)
    expect(out).toContain('The ledger levity-prod stays')
    expect(out).toContain('no other stage is left')
    expect(v.parse(Buckets, await ask('s3api list-buckets')).Buckets).toEqual([])
    expect(await ask('cloudformation describe-stacks')).toEqual({ Stacks: [] })
    expect(await readdir(join(cloud.folder, '.levity'))).toEqual([])
  })

  test('deployed once more, it takes its ledger up', async () => {
    const { out } = await deploy()
    expect(out.trimEnd()).toMatch(/^The next run posts it\.$/m)
    expect(out).toMatch(/^A ledger levity-prod is there from before: it is taken up as it is\.$/m)
    expect((await configuration()).Environment.Variables).toMatchObject({ LEVITY_TABLE: 'levity-prod' })
    expect(await items()).toEqual([item])
  })

  test('paused, it stays so through a deployment of new code and settings, which keeps function and ledger', async () => {
    const [before] = await packages()
    expect(await run('pause')).toMatchObject({ code: 0, err: '' })
    expect(await ruleState()).toEqual(['DISABLED'])
    const { FunctionArn, CodeSha256 } = await configuration()

    await cloud.writeSettings('prod', { LEVITY_TAG_RULES: undefined, LEVITY_LANGUAGE: 'pt-BR' })
    await writeFile(cloud.zip, zipSync({ 'repost.mjs': Buffer.from('export const handler = () => 2') }))
    const { code, out } = await deploy('--memory', '2048')
    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('It is paused: `npm run resume`') })

    const now = await configuration()
    expect(now).toMatchObject({ FunctionArn, MemorySize: 2048 })
    expect(now.CodeSha256).not.toBe(CodeSha256)
    expect(now.Environment.Variables).toMatchObject({ LEVITY_LANGUAGE: 'pt-BR', TUMBLR_BLOG: 'hillside' })
    expect(now.Environment.Variables).not.toHaveProperty('LEVITY_TAG_RULES')
    expect(await items()).toEqual([item])
    expect(await ruleState()).toEqual(['DISABLED'])
    expect(await packages()).toHaveLength(2)
    expect(await packages()).toContain(before)
  })

  test('paused again, it says so; resumed, it has its secrets still', async () => {
    const again = await run('pause')
    expect(again).toMatchObject({ code: 0, out: expect.stringMatching(/^levity-prod was so already\./) })
    expect(await run('resume')).toMatchObject({ code: 0, err: '' })
    expect(await ruleState()).toEqual(['ENABLED'])
    const { Environment } = await configuration()
    expect(Object.values(Environment.Variables)).toEqual(expect.arrayContaining(secrets))
  })

  test('another stage may not serve what it serves', async () => {
    await cloud.writeSettings('dev')
    const calls = (await cloud.calls()).length
    const { code, out, err } = await deploy('--stage', 'dev')
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toMatch(/hillside\.tumblr\.com -> @levity@\S+, which the stage prod serves already/)
    expect((await cloud.calls()).slice(calls).filter((call) => !/^sts|describe-stacks/.test(call))).toEqual(
      [],
    )
  })

  test('no secret of it is in the template, the events, the arguments of a process, or anything printed', async () => {
    const [template, events] = await Promise.all([
      ask('cloudformation get-template --stack-name levity-prod'),
      ask('cloudformation describe-stack-events --stack-name levity-prod'),
    ])
    const { TemplateBody } = v.parse(v.object({ TemplateBody: v.string() }), template)
    expect(TemplateBody).toMatch(/MASTODONxACCESSxTOKEN:\n +Type: String\n.*\n +NoEcho: true/)
    expect(TemplateBody).toMatch(/TUMBLRxCONSUMERxKEY:\n +Type: String\n.*\n +NoEcho: true/)
    expect(await readdir(join(cloud.folder, '.levity'))).toEqual(['deployed-prod.json'])
    const record = await readFile(join(cloud.folder, '.levity/deployed-prod.json'), 'utf8')
    const seen = [TemplateBody, JSON.stringify(events), record, ...(await cloud.calls()), ...printed].join(
      '\n',
    )
    expect(secrets.filter((secret) => secret === '' || seen.includes(secret))).toEqual([])
  })

  test('destroyed with its ledger, not even that is left', async () => {
    const { code, out } = await run('destroy', '--yes', '--with-ledger')
    expect({ code, out }).toEqual({
      code: 0,
      out: expect.stringContaining('The ledger levity-prod is gone.'),
    })
    expect(await ask('dynamodb list-tables')).toEqual({ TableNames: [] })
    expect(await run('destroy', '--yes')).toEqual({
      code: 0,
      out: 'There is no stack levity-prod in eu-central-1 of the account 123456789012.\n',
      err: '',
    })
  })
})
