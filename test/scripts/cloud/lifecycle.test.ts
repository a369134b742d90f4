/**
 * A stage from its first deployment to its last trace, each test going on where the one before it ended: made by the AWS CLI
 * in moto, run under Lambda's own runtime client, posting on the sandbox's Mastodon.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { zipSync } from 'fflate'
import * as v from 'valibot'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type LambdaSandbox, startLambdaSandbox } from '../../../scripts/sandbox/lambda/lambda.ts'
import { bucket, type Cloud, startCloud } from '../../support/cloud.ts'
import { missing } from '../../support/moto.ts'
import type { Ended } from '../../support/shell.ts'

const tagRules = `nsfw=cw:Näh & <b>"`
const Configuration = v.object({
  FunctionArn: v.string(),
  CodeSha256: v.string(),
  MemorySize: v.number(),
  Environment: v.object({ Variables: v.record(v.string(), v.string()) }),
})
const Rules = v.object({ Rules: v.array(v.object({ Name: v.string(), State: v.string() })) })
const Ledger = v.object({ Items: v.array(v.object({ pk: v.object({ S: v.string() }) })) })

describe.skipIf(missing)('a stage', { timeout: 180_000 }, () => {
  let cloud: Cloud
  let lambda: LambdaSandbox
  let accounts: Readonly<Record<string, string>>
  const printed: string[] = []

  const keep = (ended: Ended): Ended => {
    printed.push(ended.out, ended.err)
    return ended
  }
  const run: Cloud['run'] = async (...args) => keep(await cloud.run(...args))
  const start: Cloud['start'] = async (...args) => keep(await cloud.start(...args))
  const deploy = (...args: readonly string[]) => run('deploy', '--package', cloud.zip, ...args)
  const configuration = async () =>
    v.parse(
      Configuration,
      JSON.parse(await cloud.ask('lambda', { path: '/2015-03-31/functions/levity-prod/configuration' })),
    )
  const rules = async () =>
    v.parse(Rules, JSON.parse(await cloud.ask('events', { target: 'AWSEvents.ListRules' }))).Rules
  const ledger = async () => {
    const question = { target: 'DynamoDB_20120810.Scan', body: { TableName: 'levity-prod' } }
    return v.parse(Ledger, JSON.parse(await cloud.ask('dynamodb', question))).Items.map(({ pk }) => pk.S)
  }
  const packages = async () =>
    [...(await cloud.ask('s3', { path: `${bucket}?list-type=2` })).matchAll(/<Key>(.*?)<\/Key>/g)].map(
      ([, key]) => key,
    )
  const stacks = () =>
    cloud.ask('cloudformation', { form: { Action: 'DescribeStacks', Version: '2010-05-15' } })
  const buckets = () => cloud.ask('s3', { path: '/' })

  beforeAll(async () => {
    cloud = await startCloud()
    const { env } = cloud.sandbox
    accounts = Object.fromEntries(
      ['TUMBLR_BLOG', 'TUMBLR_CONSUMER_KEY', 'TUMBLR_API_URL', 'MASTODON_URL', 'MASTODON_ACCESS_TOKEN'].map(
        (name) => [name, env[name] ?? ''],
      ),
    )
    // moto makes functions and runs none.
    lambda = await startLambdaSandbox({
      codeDir: fileURLToPath(new URL('../../../dist/lambda', import.meta.url)),
      functionName: 'levity-prod',
      env: {
        ...accounts,
        LEVITY_TABLE: 'levity-prod',
        POWERTOOLS_SERVICE_NAME: 'levity-prod',
        AWS_ENDPOINT_URL_DYNAMODB: cloud.url,
        NODE_EXTRA_CA_CERTS: env['NODE_EXTRA_CA_CERTS'] ?? '',
      },
      memoryMb: 1024,
      timeoutMs: 300_000,
    })
    cloud.env['AWS_ENDPOINT_URL_LAMBDA'] = lambda.url
    // What a shell may have set must not get in.
    Object.assign(cloud.env, { LEVITY_START: 'all', TUMBLR_BLOG: 'of-the-shell', ART_LEVITY_DELAY: '1h' })
    // Nor may a person's own format for the CLI.
    Object.assign(cloud.env, { AWS_CLI_ERROR_FORMAT: 'json', AWS_DEFAULT_OUTPUT: 'text' })
    await cloud.writeSettings('prod', { LEVITY_TAG_RULES: tagRules, LEVITY_LANGUAGE: '' })
  })
  afterAll(async () => {
    await lambda?.close()
    await cloud?.close()
  })

  test("its dry run shows what would be made, and makes nothing; one that was broken off stands in nobody's way", async () => {
    const draft = { StackName: 'levity-prod', ChangeSetName: 'broken-off', ChangeSetType: 'CREATE' }
    const TemplateBody = JSON.stringify({ Parameters: {}, Resources: { Queue: { Type: 'AWS::SQS::Queue' } } })
    const form = { Action: 'CreateChangeSet', Version: '2010-05-15', ...draft, TemplateBody }
    await cloud.ask('cloudformation', { form })
    expect(await stacks()).toContain('REVIEW_IN_PROGRESS')
    const { code, out, err } = await deploy('--dry-run')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toMatch(/^Add +Function +AWS::Lambda::Function/m)
    expect(out).toMatch(/^Nothing was changed\.$/m)
    expect(await stacks()).not.toContain('levity')
    expect(await buckets()).not.toContain('levity')
  })

  test('its first deployment makes the whole service, and shows the newest post without posting it', async () => {
    const { code, out, err } = await start('deploy', '--package', cloud.zip)
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toMatch(/^create complete: levity-prod \(CloudFormation Stack\)$/m)
    expect(out).toMatch(/^main: hillside\.tumblr\.com -> @levity@127\.0\.0\.1:\d+$/m)
    const [, shown = 'no post'] = /^Post (\d+) \(\S+\) would become$/m.exec(out) ?? []
    expect(out.trimEnd().split('\n').at(-1)).toBe(
      `It is not posted. To post it: npm run invoke -- '{"route":"main","post":"${shown}"}'`,
    )
    expect(cloud.sandbox.mastodon.statuses).toEqual([])

    const [rule] = await rules()
    const body = { Rule: rule?.Name, TableName: 'levity-prod' }
    const made: readonly (readonly [answer: Promise<string>, shows: string])[] = [
      [cloud.ask('events', { target: 'AWSEvents.ListTargetsByRule', body }), ':function:levity-prod'],
      [cloud.ask('lambda', { path: '/2015-03-31/functions/levity-prod/policy' }), 'events.amazonaws.com'],
      [cloud.ask('iam', { form: { Action: 'ListRoles', Version: '2010-05-08' } }), 'levity-prod'],
      [
        cloud.ask('dynamodb', { target: 'DynamoDB_20120810.DescribeTable', body }),
        '"TableName":"levity-prod"',
      ],
      [cloud.ask('sqs', { target: 'AmazonSQS.ListQueues' }), 'levity-prod'],
      [cloud.ask('sns', { form: { Action: 'ListTopics', Version: '2010-03-31' } }), 'levity-prod'],
      [cloud.ask('logs', { target: 'Logs_20140328.DescribeLogGroups' }), '/aws/lambda/levity-prod'],
      [cloud.ask('monitoring', { form: { Action: 'ListDashboards', Version: '2010-08-01' } }), 'levity-prod'],
    ]
    for (const [answer, shows] of made) expect((await answer).replaceAll(/\s/g, '')).toContain(shows)
  })

  test('every setting of its file reaches the function, and nothing of the shell', async () => {
    const { Environment } = await configuration()
    expect(Environment.Variables).toEqual({
      ...accounts,
      LEVITY_TAG_RULES: tagRules,
      LEVITY_TABLE: 'levity-prod',
      MALLOC_ARENA_MAX: '2',
      MALLOC_MMAP_THRESHOLD_: '131072',
      POWERTOOLS_SERVICE_NAME: 'levity-prod',
      POWERTOOLS_METRICS_NAMESPACE: 'Levity',
    })
    expect(JSON.parse(await readFile(join(cloud.folder, '.levity/deployed-prod.json'), 'utf8'))).toEqual({
      stage: 'prod',
      account: '123456789012',
      region: 'eu-central-1',
      routes: [{ route: 'main', blog: 'hillside', server: accounts['MASTODON_URL'] }],
    })
  })

  test('the bucket of its package is private, encrypted, and forgets old versions', async () => {
    const of = async (what: string) =>
      (await cloud.ask('s3', { path: `${bucket}?${what}` })).replaceAll(/\s/g, '')
    expect((await of('publicAccessBlock')).match(/>true</g)).toHaveLength(4)
    expect(await of('encryption')).toContain('<SSEAlgorithm>AES256</SSEAlgorithm>')
    expect(await of('versioning')).toContain('<Status>Enabled</Status>')
    expect(await of('lifecycle')).toContain('<NoncurrentDays>30</NoncurrentDays>')
    expect(await of('location')).toContain('eu-central-1')
    expect(await of('ownershipControls')).toContain('BucketOwnerEnforced')
  })

  test('deployed again without a change, it says so and is left alone', async () => {
    const before = await configuration()
    const said = 'levity-prod is up to date: nothing was changed.\n'
    expect(await deploy()).toEqual({ code: 0, out: said, err: '' })
    expect(await configuration()).toEqual(before)
    expect(await deploy('--schedule', 'rate(3 hours)')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^Expected runs .* 3 hours .* rate\(3 hours\): .*--silence-hours 9/),
    })
  })

  test('destroyed, nothing is left of it but its ledger', async () => {
    const body = { TableName: 'levity-prod', Item: { pk: { S: 'before' }, sk: { S: 'route' } } }
    await cloud.ask('dynamodb', { target: 'DynamoDB_20120810.PutItem', body })
    const unasked = await run('destroy')
    expect(unasked).toMatchObject({ code: 1, err: expect.stringContaining('`npm run destroy -- --yes`') })
    const { code, out } = await run('destroy', '--yes')
    expect(code).toBe(0)
    expect(out).toContain('The ledger levity-prod stays')
    expect(out).toContain('no other stage is left')
    expect(await buckets()).not.toContain('levity')
    expect(await stacks()).not.toContain('levity')
    expect(await readdir(join(cloud.folder, '.levity'))).toEqual([])
  })

  test('deployed once more, it takes its ledger up, and posts the newest post where that is wanted', async () => {
    // As a table is that was brought back from a backup.
    const aboutTable = (operation: string, more: object = {}) =>
      cloud.ask('dynamodb', {
        target: `DynamoDB_20120810.${operation}`,
        body: { TableName: 'levity-prod', ...more },
      })
    await aboutTable('UpdateTable', { DeletionProtectionEnabled: false })
    await aboutTable('UpdateContinuousBackups', {
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: false },
    })
    const { code, out, err } = await deploy('--post-newest')
    expect(await aboutTable('DescribeTable')).toMatch(/"DeletionProtectionEnabled": ?true/)
    expect(await aboutTable('DescribeContinuousBackups')).toMatch(/"PointInTimeRecoveryStatus": ?"ENABLED"/)
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toMatch(/^The ledger levity-prod is there from before: it is used as it is\.$/m)
    expect((await configuration()).Environment.Variables).toMatchObject({ LEVITY_TABLE: 'levity-prod' })
    expect(new Set(await ledger())).toEqual(new Set(['before', 'main']))
    const [, address] = /^It is posted: (\S+)/m.exec(out) ?? []
    expect(cloud.sandbox.mastodon.statuses.map(({ url }) => url)).toContain(address)
  })

  test('paused, it stays so through a deployment of new code and settings, which keeps function and ledger', async () => {
    const [before, items] = [await packages(), await ledger()]
    expect(await run('pause')).toMatchObject({ code: 0, err: '' })
    expect(await rules()).toMatchObject([{ State: 'DISABLED' }])
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
    expect(await ledger()).toEqual(items)
    expect(await rules()).toMatchObject([{ State: 'DISABLED' }])
    expect(await packages()).toEqual(expect.arrayContaining(before))
    expect(await packages()).toHaveLength(2)
  })

  test('paused again, it says so; resumed, it has its secrets still', async () => {
    const again = await start('pause')
    expect(again).toMatchObject({ code: 0, out: expect.stringMatching(/^levity-prod needed no change\./) })
    expect(await start('resume')).toMatchObject({ code: 0, err: '' })
    expect(await rules()).toMatchObject([{ State: 'ENABLED' }])
    expect((await configuration()).Environment.Variables).toMatchObject(accounts)
  })

  test('in another place, the same folder deploys it only while it is paused here', async () => {
    const there = ['--region', 'us-east-1', '--package', 'nowhere.zip']
    const refused = await deploy(...there)
    expect(refused).toMatchObject({ code: 1, out: '' })
    expect(refused.err).toMatch(
      /^Expected the region eu-central-1, where this folder has deployed levity-prod, but received us-east-1: .*`npm run pause -- --region eu-central-1` first$/m,
    )
    await run('pause')
    expect((await deploy(...there)).err).toMatch(/^Expected a package in \S+nowhere\.zip/)
    await run('resume')

    const path = join(cloud.folder, '.levity/deployed-prod.json')
    const record = await readFile(path, 'utf8')
    await writeFile(path, record.replace('123456789012', '210987654321'))
    expect((await deploy(...there)).err).toMatch(
      /^Expected the account 210987654321, .* but received 123456789012/,
    )
    await writeFile(path, record)
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

  test('no secret of it is in the template, the events, a process, or anything printed', async () => {
    const form = { StackName: 'levity-prod', Version: '2010-05-15' }
    const [template, events] = await Promise.all([
      cloud.ask('cloudformation', { form: { ...form, Action: 'GetTemplate' } }),
      cloud.ask('cloudformation', { form: { ...form, Action: 'DescribeStackEvents' } }),
    ])
    expect(template).toMatch(/MASTODONxACCESSxTOKEN:\n +Type: String\n.*\n +NoEcho: true/)
    expect(template).toMatch(/TUMBLRxCONSUMERxKEY:\n +Type: String\n.*\n +NoEcho: true/)
    expect(template).not.toMatch(/MASTODONxURL:\n +Type: String\n.*\n +NoEcho: true/)
    const record = await readFile(join(cloud.folder, '.levity/deployed-prod.json'), 'utf8')
    const environments = await cloud.environments()
    const seen = [template, events, record, environments, ...printed, ...(await cloud.calls())].join('\n')
    const secrets = [accounts['TUMBLR_CONSUMER_KEY'] ?? '', accounts['MASTODON_ACCESS_TOKEN'] ?? '']
    expect(secrets.filter((secret) => seen.includes(secret))).toEqual([])
    expect(environments).not.toMatch(/TUMBLR|MASTODON|LEVITY/)
    expect(new Set(environments.match(/^AWS_CLI_ERROR_FORMAT=.*$/gm))).toEqual(
      new Set(['AWS_CLI_ERROR_FORMAT=legacy']),
    )
  })

  test('destroyed with its ledger, not even that is left', async () => {
    const { code, out } = await start('destroy', '--yes', '--with-ledger')
    expect({ code, out }).toEqual({
      code: 0,
      out: expect.stringContaining('The ledger levity-prod is gone.'),
    })
    expect(await cloud.ask('dynamodb', { target: 'DynamoDB_20120810.ListTables' })).not.toContain('levity')
    expect(await run('destroy', '--yes')).toEqual({
      code: 0,
      out: 'There is no stack levity-prod in eu-central-1 of the account 123456789012.\n',
      err: '',
    })
  })
})
