/** `npm run doctor -- --stage prod`: a stack in moto, asked by the real AWS CLI, and the built function under Lambda's own runtime. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import pack from '../../../package.json' with { type: 'json' }
import { buildBundle } from '../../../scripts/build/package.ts'
import { type LambdaSandbox, startLambdaSandbox } from '../../../scripts/sandbox/lambda/lambda.ts'
import { type Sandbox, startSandbox } from '../../../scripts/sandbox/sandbox.ts'
import { type AwsCli, startAwsCli } from '../../support/aws-cli.ts'
import { changesSince, type Folder, openFolder } from '../../support/folder.ts'
import { type Moto, missing, startMoto } from '../../support/moto.ts'
import type { Ended } from '../../support/shell.ts'

const run = promisify(execFile)
const codeDir = fileURLToPath(new URL('../../../dist/lambda', import.meta.url))
const name = 'levity-prod'

describe.skipIf(missing)('npm run doctor -- --stage prod', { timeout: 60_000 }, () => {
  let sandbox: Sandbox
  let moto: Moto
  let lambda: LambdaSandbox
  let folder: Folder
  let cli: AwsCli

  const aws = (...args: readonly string[]): Promise<unknown> =>
    run(join(cli.bin, 'aws'), [...args, '--endpoint-url', moto.url], {
      env: { ...process.env, ...keys },
    })
  const keys = {
    AWS_ACCESS_KEY_ID: 'testing',
    AWS_SECRET_ACCESS_KEY: 'testing',
    AWS_REGION: 'eu-central-1',
    AWS_DEFAULT_REGION: 'eu-central-1',
  }
  /** As `infra/template.yaml` has it, as far as a doctor looks at it. */
  const setStack = (verb: 'create-stack' | 'update-stack', state: string): Promise<unknown> => {
    const Parameters = { Schedule: { Type: 'String' }, ScheduleState: { Type: 'String' } }
    const template = { Parameters, Resources: { Topic: { Type: 'AWS::SNS::Topic' } } }
    return aws(
      ...['cloudformation', verb, '--stack-name', name, '--template-body', JSON.stringify(template)],
      ...['--tags', 'Key=levity:stage,Value=prod', '--parameters'],
      'ParameterKey=Schedule,ParameterValue=rate(10 minutes)',
      `ParameterKey=ScheduleState,ParameterValue=${state}`,
    )
  }
  const env = (): Readonly<Record<string, string>> => ({
    ...sandbox.env,
    LEVITY_TABLE: name,
    LEVITY_DELAY: '0',
  })

  beforeAll(async () => {
    // `npm test` has just built it.
    if (!existsSync(join(codeDir, 'repost.mjs'))) await buildBundle()
    ;[moto, cli, sandbox] = await Promise.all([
      startMoto(),
      startAwsCli(),
      startSandbox({ content: 'empty', ledger: { tableName: name } }),
    ])
    const settings = { codeDir, functionName: name, env: env(), memoryMb: 1024, timeoutMs: 60_000 }
    lambda = await startLambdaSandbox({ ...settings, forwardTo: moto.url })
    await setStack('create-stack', 'ENABLED')
  })
  afterAll(async () => {
    await lambda?.close()
    await Promise.all([moto?.close(), cli?.close(), sandbox?.close()])
  })
  beforeEach(async () => {
    await lambda.reload({ codeDir, env: env() })
    folder = await openFolder(sandbox)
    await folder.settings('.env.prod')
    Object.assign(folder.env, keys, {
      PATH: [cli.bin, dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter),
      AWS_ENDPOINT_URL: lambda.url,
      AWS_ENDPOINT_URL_DYNAMODB: sandbox.ledger.url,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_MAX_ATTEMPTS: '1',
    })
  })

  const doctor = (...args: readonly string[]): Promise<Ended> =>
    folder.run('doctor', '--stage', 'prod', ...args)

  test('all is well, here and there, and nothing is changed', async () => {
    const [asked, invoked] = [sandbox.switchboard.calls.length, lambda.invocations.length]
    const { code, out, err } = await doctor('--json')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(JSON.parse(out)).toMatchObject({
      stage: 'prod',
      well: true,
      routes: [
        {
          route: 'main',
          checks: expect.arrayContaining([
            {
              check: 'last success',
              ok: true,
              says: 'no run yet',
              todo: "`npm run invoke -- '{}'` makes the first",
            },
            expect.objectContaining({
              check: 'table',
              says: `${name} answers, and no run of this route has written to it yet`,
            }),
          ]),
        },
      ],
      cloud: [
        { check: 'stack', ok: true, says: `${name} in eu-central-1 is CREATE_COMPLETE` },
        { check: 'schedule', ok: true, says: 'it runs by itself, rate(10 minutes)' },
        {
          check: 'function',
          ok: true,
          says: `it answers, and is Levity ${pack.version}, as this folder is; main: 14 checks, all well`,
        },
      ],
    })
    expect(lambda.invocations.slice(invoked)).toMatchObject([
      { type: 'RequestResponse', event: { mode: 'doctor' }, ending: { outcome: 'response' } },
    ])
    expect(changesSince(sandbox, asked)).toEqual([])
  })

  test('one route alone is looked at there too, where it is named', async () => {
    sandbox.tumblr.addBlog({ name: 'shore' })
    const routes = {
      LEVITY_ROUTES: 'art,photos',
      PHOTOS_TUMBLR_BLOG: 'shore',
      PHOTOS_MASTODON_ACCESS_TOKEN: 'nobody-knows-this',
    }
    await folder.settings('.env.prod', routes)
    await lambda.reload({ env: { ...env(), ...routes } })
    const art = await doctor('--route', 'art')
    expect({ code: art.code, photos: art.out.includes('photos') }).toEqual({ code: 0, photos: false })
    expect((await doctor()).code).toBe(1)
  })

  test('paused, and the function has another token: a cross for each, and the command that helps', async () => {
    await setStack('update-stack', 'DISABLED')
    onTestFinished(() => void setStack('update-stack', 'ENABLED'))
    await lambda.reload({ env: { ...env(), MASTODON_ACCESS_TOKEN: 'nobody-knows-this' } })
    const { code, out } = await doctor()
    expect(code).toBe(1)
    expect(out).toMatch(/^levity-prod on AWS$/m)
    expect(out).toMatch(
      /^ {2}✗ schedule {2}it is paused: nothing runs by itself \(rate\(10 minutes\)\) → `npm run resume` lets it run again$/m,
    )
    expect(out).toMatch(/^ {2}✓ function {2}it answers.*; main: 14 checks, 3 not well$/m)
    expect(out).toMatch(
      /^ {2}✗ function {2}main, token: the server refuses it: The access token is invalid → `npm run setup -- --stage prod` makes another/m,
    )
    expect(out).toMatch(/^ {2}✓ token /m)
    expect(out).toMatch(/\n4 of 20 checks failed\.\n$/)
    expect(out).not.toContain('nobody-knows-this')
  })

  const deploy = async (code: string): Promise<void> => {
    const other = await mkdtemp(join(tmpdir(), 'levity-other-'))
    onTestFinished(() => rm(other, { recursive: true, force: true }))
    await writeFile(join(other, 'repost.mjs'), `export const handler = async () => { ${code} }\n`)
    await lambda.reload({ codeDir: other })
  }
  test.each([
    [
      'of another version',
      `return { version: '0.0.1', routes: [] }`,
      new RegExp(
        `✗ function +it is Levity 0\\.0\\.1, and this folder is ${pack.version}; .*→ \`npm run deploy\` brings this one`,
      ),
    ],
    [
      'that knows no doctor',
      `throw new Error('Expected "plan", or no mode at all, for mode but received "doctor"')`,
      /✗ function +it is of a version that knows no doctor → `npm run deploy` brings this one/,
    ],
    [
      'that breaks',
      `throw new Error('out of order')`,
      /✗ function +it could not be asked: out of order → `npm run logs` shows what it did/,
    ],
  ])('a function %s', async (_, code, says) => {
    await deploy(code)
    const ended = await doctor()
    expect(ended.code).toBe(1)
    expect(ended.out).toMatch(says)
  })

  test('without the AWS CLI: a cross, and all else is looked at', async () => {
    folder.env['PATH'] = dirname(process.execPath)
    const { code, out } = await doctor('--json')
    expect(code).toBe(1)
    expect(JSON.parse(out)).toMatchObject({
      routes: [{ checks: expect.not.arrayContaining([expect.objectContaining({ ok: false })]) }],
      cloud: [
        {
          check: 'AWS',
          ok: false,
          says: expect.stringContaining(
            'Expected the AWS CLI (the command aws) on the PATH but received none',
          ),
        },
      ],
    })
  })

  test('without credentials: a cross for AWS and for the table, and all else is looked at', async () => {
    for (const key of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) delete folder.env[key]
    const { out } = await doctor()
    expect(out).toMatch(
      /✗ AWS +stack, schedule and function could not be asked: Expected credentials for AWS/,
    )
    expect(out).toMatch(
      /✗ table +the table levity-prod cannot be asked without AWS credentials that are valid → log in/,
    )
    expect(out).toMatch(/✓ token /)
    expect(out.match(/✗/g)).toHaveLength(6)
  })

  test('what `npm run deploy` would refuse is a cross, and a stage that is nowhere', async () => {
    await folder.settings('.env.dev', { LEVITY_TABLE: 'mine', PATH: '/bin' })
    const { code, out } = await folder.run('doctor', '--stage', 'dev')
    expect(code).toBe(1)
    expect(out).toMatch(
      /✗ variables +Expected no LEVITY_TABLE, .* → correct it in \.env\.dev, and deploy that/,
    )
    expect(out).toMatch(/✗ variables +Expected only Levity's variables in \.env\.dev but received PATH/)
    expect(out).toMatch(/✗ table +there is no table levity-dev → .*`npm run deploy -- --stage dev` makes it/)
    expect(out).toMatch(
      /✗ stack +there is none named levity-dev in eu-central-1 → `npm run deploy -- --stage dev` makes it/,
    )
  })
})
