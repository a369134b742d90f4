/** Deployments that do not go well, as AWS tells of them. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Between } from '../support/between.ts'
import { type Cloud, startCloud } from '../support/cloud.ts'
import { missing } from '../support/moto.ts'

const denied = (action: string, resource: string): string =>
  `User: arn:aws:iam::123456789012:user/me is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`

/** The last event of what is done to the stack next becomes this, with those of resources before it. */
function ending(
  status: string,
  failures: readonly (readonly [id: string, status: string, reason: string])[],
): Between {
  let begun = false
  return (asked, answer) => {
    begun ||= /^(?:ExecuteChangeSet|DeleteStack)$/.test(asked.get('Action') ?? '')
    if (!begun || asked.get('Action') !== 'DescribeStackEvents') return answer
    const [newest = ''] = /<member>.*?<\/member>/s.exec(answer) ?? []
    const as = (id: string, to: string, reason: string): string =>
      newest
        .replace(/<EventId>.*?</, `<EventId>${id}-${to}<`)
        .replace(/<LogicalResourceId>.*?</, `<LogicalResourceId>${id}<`)
        .replace(/<PhysicalResourceId>.*?</, '<PhysicalResourceId>of-a-resource<')
        .replace(/<ResourceType>.*?</, '<ResourceType>AWS::Lambda::Function<')
        .replace(/<ResourceStatus>.*?</, `<ResourceStatus>${to}<`)
        .replace(
          /<\/ResourceStatus>/,
          `</ResourceStatus><ResourceStatusReason>${reason}</ResourceStatusReason>`,
        )
    const end = newest.replace(/<ResourceStatus>.*?</, `<ResourceStatus>${status}<`)
    const told = failures.map(([id, to, reason]) => as(id, to, reason)).toReversed()
    return answer.replace(newest, [end, ...told].join(''))
  }
}

const status =
  (now: string): Between =>
  (asked, answer) =>
    asked.get('Action') === 'DescribeStacks'
      ? answer.replace(/<StackStatus>.*?</, `<StackStatus>${now}<`)
      : answer

describe.skipIf(missing)('a deployment', { timeout: 180_000 }, () => {
  let cloud: Cloud
  const asIs: Between = (_, answer) => answer
  let between: Between
  beforeAll(async () => {
    cloud = await startCloud((asked, answer) => between(asked, answer))
    await cloud.makeBucket()
  })
  beforeEach(async () => {
    between = asIs
    await cloud.writeSettings('prod')
  })
  afterAll(() => cloud?.close())

  const deploy = (...args: readonly string[]) =>
    cloud.run('deploy', '--package', cloud.zip, '--no-post', ...args)
  /** The operations of AWS that were called by the last command. */
  const during = async <T>(act: () => Promise<T>): Promise<readonly [T, readonly string[]]> => {
    const before = (await cloud.calls()).length
    const result = await act()
    const calls = (await cloud.calls()).slice(before)
    return [result, calls.map((call) => call.split(' ').slice(0, 2).join(' '))]
  }

  test('with a token that Mastodon does not know: told before anything is changed', async () => {
    await cloud.writeSettings('prod', { MASTODON_ACCESS_TOKEN: 'nobody-has-this-token' })
    const [{ code, out, err }, calls] = await during(() => deploy())
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toMatch(/^Nothing was uploaded:\n- main: Mastodon could not say whose token it is: HTTP 401/)
    expect(err).not.toContain('nobody-has-this-token')
    expect(new Set(calls)).toEqual(new Set(['sts get-caller-identity', 'cloudformation describe-stacks']))
  })

  test('with a token in Parameter Store that is not there: told as well', async () => {
    await cloud.writeSettings('prod', { MASTODON_ACCESS_TOKEN: 'ssm:/levity/token' })
    const { code, err } = await deploy()
    expect(code).toBe(1)
    expect(err).toContain(
      'Expected a parameter /levity/token in Parameter Store for MASTODON_ACCESS_TOKEN but received none of that name (region eu-central-1)',
    )
  })

  test('that CloudFormation rolls back: the first failure is named; the next try clears it away, reading its token from Parameter Store', async () => {
    const { MASTODON_ACCESS_TOKEN = '' } = cloud.sandbox.env
    // As Lambda words it where the variables are too many.
    const reason = `String measured: {MASTODON_ACCESS_TOKEN:${MASTODON_ACCESS_TOKEN}}`
    between = ending('ROLLBACK_COMPLETE', [
      ['Function', 'CREATE_FAILED', reason],
      ['Role', 'CREATE_FAILED', 'Resource creation cancelled'],
    ])
    const failed = await deploy()
    const told =
      'create failed: Function (Lambda Function): String measured: {MASTODON_ACCESS_TOKEN:(secret)}\n'
    expect(failed).toEqual({
      code: 1,
      out: expect.stringContaining(`\n${told}`),
      err: `Expected the stack levity-prod to be made or changed but it is ROLLBACK_COMPLETE. What failed:\n- ${told}`,
    })

    const parameter = ['--name', '/levity/token', '--type', 'SecureString', '--value', MASTODON_ACCESS_TOKEN]
    await cloud.aws('ssm', 'put-parameter', ...parameter)
    await cloud.writeSettings('prod', { MASTODON_ACCESS_TOKEN: 'ssm:/levity/token' })
    let deleted = false
    between = (asked, answer) => {
      deleted ||= asked.get('Action') === 'DeleteStack'
      return deleted ? answer : status('ROLLBACK_COMPLETE')(asked, answer)
    }
    const { out } = await deploy()
    expect(out).toMatch(/^The stack levity-prod is ROLLBACK_COMPLETE, left over from an earlier try/m)
    expect(out).toMatch(/^levity-prod is created/m)
    expect(out).not.toContain(MASTODON_ACCESS_TOKEN)
    expect(
      await cloud.aws('lambda', 'get-function-configuration', '--function-name', 'levity-prod'),
    ).toMatchObject({
      Environment: { Variables: { MASTODON_ACCESS_TOKEN: 'ssm:/levity/token' } },
    })
    expect(await cloud.aws('cloudformation', 'describe-stacks')).toMatchObject({
      Stacks: [
        {
          Parameters: expect.arrayContaining([
            {
              ParameterKey: 'ParameterArns',
              ParameterValue: 'arn:aws:ssm:eu-central-1:123456789012:parameter/levity/token',
            },
          ]),
        },
      ],
    })
  })

  test('that comes to nothing, as AWS says it: a quiet success, and no change set is left', async () => {
    await cloud.writeSettings('prod', { LEVITY_HASHTAGS: 'none' })
    const reason =
      "The submitted information didn't contain changes. Submit different information to create a change set."
    between = (asked, answer) =>
      asked.get('Action') === 'DescribeChangeSet'
        ? answer.replace(
            /<Status>.*?<\/Status>/,
            `<Status>FAILED</Status><StatusReason>${reason}</StatusReason>`,
          )
        : answer
    const [{ code, out, err }, calls] = await during(() => deploy())
    expect({ code, out, err }).toEqual({
      code: 0,
      out: 'levity-prod is as it should be: nothing was changed.\n',
      err: '',
    })
    expect(calls).toContain('cloudformation delete-change-set')
    expect(calls).not.toContain('cloudformation execute-change-set')
  })

  test('whose token may not be read from Parameter Store: goes on, and says what was not checked', async () => {
    await cloud.writeSettings('prod', { MASTODON_ACCESS_TOKEN: 'ssm:/levity/token', LEVITY_HASHTAGS: 'none' })
    between = (asked, answer) =>
      asked.get('Action') === 'GetParameters'
        ? {
            status: 400,
            body: JSON.stringify({
              __type: 'AccessDeniedException',
              message: denied('ssm:GetParameters', '*'),
            }),
          }
        : answer
    const { out } = await deploy('--dry-run')
    expect(out).toMatch(
      /^The keys of main could not be tried, .* it needs the right to ssm:GetParameters\. levity-prod reads them itself\.$/m,
    )
    expect(out).toMatch(/^Modify +Function/m)
  })

  test('without the right to a step: says which, on what, and whose', async () => {
    const where = 'arn:aws:cloudformation:eu-central-1:123456789012:stack/levity-prod/*'
    between = (asked, answer) =>
      asked.get('Action') === 'CreateChangeSet'
        ? {
            status: 403,
            body: `<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>${denied('cloudformation:CreateChangeSet', where)}</Message></Error><RequestId>1</RequestId></ErrorResponse>`,
          }
        : answer
    const { code, err } = await deploy('--dry-run')
    expect({ code, err }).toEqual({
      code: 1,
      err: `Expected the right to cloudformation:CreateChangeSet on ${where} but arn:aws:iam::123456789012:user/me does not have it: let an administrator grant it, or use another profile (--profile)\n`,
    })
  })

  test('beside another operation: waits for nobody, changes nothing', async () => {
    between = status('UPDATE_IN_PROGRESS')
    const answers = await Promise.all([deploy(), cloud.run('pause')])
    expect(answers.map(({ err }) => err)).toEqual([
      expect.stringMatching(/^Expected the stack levity-prod to be at rest but it is UPDATE_IN_PROGRESS/),
      expect.stringMatching(/^Expected the stack levity-prod to be at rest but it is UPDATE_IN_PROGRESS/),
    ])
  })

  test('that cannot be removed wholly: what is left is named, and nothing more is taken', async () => {
    between = ending('DELETE_FAILED', [['Role', 'DELETE_FAILED', 'It is used elsewhere']])
    const [{ code, err }, calls] = await during(() => cloud.run('destroy', '--yes'))
    expect({ code, err }).toEqual({
      code: 1,
      err: 'Expected the stack levity-prod to be gone but it is DELETE_FAILED:\n- delete failed: Role (Lambda Function): It is used elsewhere\n',
    })
    expect(calls).not.toContain('s3api delete-objects')
  })
})
