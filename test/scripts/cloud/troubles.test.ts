/** Deployments that fail, with the answers that AWS gives then. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { readTableDefinition } from '../../../scripts/cloud/infra.ts'
import type { Between } from '../../support/between.ts'
import { type Cloud, startCloud } from '../../support/cloud.ts'
import { missing } from '../../support/moto.ts'

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
  /** A small stack of Levity's, as an old deployment might have left it. */
  const makeStack = async (ledger?: string) => {
    const stack = { StackName: 'levity-prod', Version: '2010-05-15' }
    const TemplateBody = JSON.stringify({
      Parameters: { ExistingTable: { Type: 'String', Default: ledger ?? '' } },
      Resources: { AlarmTopic: { Type: 'AWS::SNS::Topic' } },
    })
    const tag = { 'Tags.member.1.Key': 'levity:stage', 'Tags.member.1.Value': 'prod' }
    await cloud.ask('cloudformation', { form: { ...stack, Action: 'DeleteStack' } })
    await cloud.ask('cloudformation', { form: { ...stack, ...tag, Action: 'CreateStack', TemplateBody } })
  }
  const aboutTable = (operation: string, body: object = {}) =>
    cloud.ask('dynamodb', {
      target: `DynamoDB_20120810.${operation}`,
      body: { TableName: 'levity-prod', ...body },
    })
  /** As AWS says it. */
  const noChange: Between = (asked, answer) => {
    const reason =
      "The submitted information didn't contain changes. Submit different information to create a change set."
    return asked.get('Action') === 'DescribeChangeSet'
      ? answer.replace(
          /<Status>.*?<\/Status>/,
          `<Status>FAILED</Status><StatusReason>${reason}</StatusReason>`,
        )
      : answer
  }
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

  test("beside a table of that name that is no ledger, or for more routes than a stack's parameter holds: told before anything is uploaded", async () => {
    const key = { AttributeName: 'id', AttributeType: 'N' }
    const KeySchema = [{ AttributeName: 'id', KeyType: 'HASH' }]
    const table = { AttributeDefinitions: [key], KeySchema, BillingMode: 'PAY_PER_REQUEST' }
    await aboutTable('CreateTable', table)
    const [beside, first] = await during(() => deploy())
    await aboutTable('DeleteTable')
    expect(beside).toEqual({
      code: 1,
      out: '',
      err: 'Expected no table levity-prod or a ledger, which has the keys pk (S), sk (S) and the index todo on pk (S), todo (S), but received one that has the keys id (N): take another name for the stage (--stage). Nothing was uploaded\n',
    })

    // Whom they serve is not asked where Parameter Store may not be read.
    const said = { __type: 'AccessDeniedException', message: denied('ssm:GetParameters', '*') }
    between = (asked, answer) =>
      asked.get('Action') === 'GetParameters' ? { status: 400, body: JSON.stringify(said) } : answer
    const routes = Array.from({ length: 90 }, (_, index) => `r${index}`)
    await cloud.writeSettings('prod', {
      LEVITY_ROUTES: routes.join(','),
      MASTODON_ACCESS_TOKEN: 'ssm:/levity/token',
      ...Object.fromEntries(routes.map((name) => [`${name.toUpperCase()}_TUMBLR_BLOG`, name])),
    })
    const [many, second] = await during(() => deploy())
    expect(many).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringMatching(
        /^Expected at most 4096 bytes for Serves but received 4\d{3}: deploy some of the routes as another stage\n$/,
      ),
    })
    expect([...first, ...second].filter((call) => call.startsWith('s3api'))).toEqual([])
  })

  test('with a token in Parameter Store that is not there: told as well', async () => {
    await cloud.writeSettings('prod', { MASTODON_ACCESS_TOKEN: 'ssm:/levity/token' })
    const { code, err } = await deploy()
    expect(code).toBe(1)
    expect(err).toContain(
      'Expected a parameter /levity/token in Parameter Store for MASTODON_ACCESS_TOKEN but received none of that name (region eu-central-1): create it there, or correct the address',
    )
  })

  test('that CloudFormation takes back: the first failure is named, without the secrets in it', async () => {
    await makeStack()
    // Lambda repeats what it was given, where that is too much.
    const { MASTODON_ACCESS_TOKEN } = cloud.sandbox.env
    between = ending('UPDATE_ROLLBACK_COMPLETE', [
      ['Function', 'UPDATE_FAILED', `String measured: {MASTODON_ACCESS_TOKEN:${MASTODON_ACCESS_TOKEN}}`],
      ['Role', 'CREATE_FAILED', 'Resource creation cancelled'],
    ])
    const told =
      'update failed: Function (Lambda Function): String measured: {MASTODON_ACCESS_TOKEN:(secret)}\n'
    expect(await deploy()).toEqual({
      code: 1,
      out: expect.stringContaining(`\n${told}`),
      err: `Expected the stack levity-prod to be made or changed but it is UPDATE_ROLLBACK_COMPLETE. What failed:\n- ${told}`,
    })
  })

  test('after a first one that failed, and without the right to a step: clears away, then says which right, on what, and whose', async () => {
    const where = 'arn:aws:cloudformation:eu-central-1:123456789012:stack/levity-prod/*'
    const said = denied('cloudformation:CreateChangeSet', where)
    let deleted = false
    between = (asked, answer) => {
      deleted ||= asked.get('Action') === 'DeleteStack'
      if (asked.get('Action') === 'CreateChangeSet')
        return {
          status: 403,
          body: `<ErrorResponse><Error><Code>AccessDenied</Code><Message>${said}</Message></Error></ErrorResponse>`,
        }
      return deleted ? answer : status('ROLLBACK_COMPLETE')(asked, answer)
    }
    const { code, out, err } = await deploy()
    expect(out).toMatch(/^The stack levity-prod is ROLLBACK_COMPLETE, left over from an earlier attempt/m)
    expect(out).toMatch(/^delete complete: levity-prod/m)
    expect({ code, err }).toEqual({
      code: 1,
      err: `Expected the right to cloudformation:CreateChangeSet on ${where} but arn:aws:iam::123456789012:user/me does not have it: let an administrator grant it, or use another profile (--profile)\n`,
    })
  })

  test('that comes to nothing, as AWS says it: a quiet success, and no change set is left', async () => {
    await makeStack()
    between = noChange
    const [{ code, out, err }, calls] = await during(() => deploy())
    expect({ code, out, err }).toEqual({
      code: 0,
      out: 'levity-prod is up to date: nothing was changed.\n',
      err: '',
    })
    expect(calls).toContain('cloudformation delete-change-set')
    expect(calls).not.toContain('cloudformation execute-change-set')
  })

  test('that changes nothing but the protection of a ledger that the stack took up: the table itself is told', async () => {
    await makeStack('levity-prod')
    // Where a test before this one has deployed, its ledger is there.
    const ledger = await readTableDefinition()
    await aboutTable('CreateTable', { ...ledger }).catch(() => {})
    await aboutTable('UpdateTable', { DeletionProtectionEnabled: true })
    between = noChange
    const off = await deploy('--no-deletion-protection')
    expect(off).toMatchObject({ code: 0, err: '' })
    expect(off.out).toMatch(
      /^Deletion protection of the ledger levity-prod is turned off\.\nlevity-prod is updated in /m,
    )
    const isOff = expect.stringMatching(/"DeletionProtectionEnabled": ?false/)
    expect(await aboutTable('DescribeTable')).toEqual(isOff)
    const shown = await deploy('--deletion-protection', '--dry-run')
    expect(shown.out).toBe(
      'Deletion protection of the ledger levity-prod is turned on.\nNothing was changed.\n',
    )
    expect(await aboutTable('DescribeTable')).toEqual(isOff)
    await aboutTable('DeleteTable')
  })

  test('that CloudFormation refuses before it begins: what stands in the way is named', async () => {
    await makeStack()
    const reason =
      'The following hook(s)/validation failed: [AWS::EarlyValidation::ResourceExistenceCheck]. To troubleshoot Early Validation errors, use the DescribeEvents API for detailed failure information.'
    const found =
      "Resource of type 'AWS::Logs::LogGroup' with identifier '/aws/lambda/levity-prod' already exists."
    const event = `<LogicalResourceId>LogGroup</LogicalResourceId><ValidationStatusReason>${found}</ValidationStatusReason>`
    const events = `<DescribeEventsResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeEventsResult><OperationEvents><member>${event}</member></OperationEvents></DescribeEventsResult></DescribeEventsResponse>`
    const refused =
      '<ErrorResponse><Error><Code>AccessDenied</Code><Message>No</Message></Error></ErrorResponse>'
    let answered = { status: 200, body: events }
    between = (asked, answer) => {
      if (asked.get('Action') === 'DescribeEvents') return answered
      if (asked.get('Action') !== 'DescribeChangeSet') return answer
      const failed = `<Status>FAILED</Status><StatusReason>${reason}</StatusReason>`
      return answer.replace(/<Status>.*?<\/Status>/, failed)
    }
    const told = 'CloudFormation will not change the stack levity-prod: '
    expect(await deploy()).toMatchObject({ code: 1, err: `${told}\n- LogGroup: ${found}\n` })
    answered = { status: 403, body: refused }
    expect(await deploy()).toMatchObject({ code: 1, err: `${told}${reason}\n` })
  })

  test('with a token in Parameter Store: tries it, sends its address alone, and lets the function read it', async () => {
    const { MASTODON_ACCESS_TOKEN = '' } = cloud.sandbox.env
    const body = { Name: '/levity/token', Type: 'SecureString', Value: MASTODON_ACCESS_TOKEN }
    await cloud.ask('ssm', { target: 'AmazonSSM.PutParameter', body })
    await cloud.writeSettings('prod', { MASTODON_ACCESS_TOKEN: 'ssm:/levity/token' })
    let sent = new URLSearchParams()
    between = (asked, answer) => {
      if (asked.get('Action') === 'CreateChangeSet') sent = asked
      return answer
    }
    const { code, out } = await deploy('--dry-run')
    expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/^Nothing was changed\.$/m) })
    const given = (name: string) => {
      const [key = ''] = [...sent].find(([, value]) => value === name) ?? []
      return sent.get(key.replace('ParameterKey', 'ParameterValue'))
    }
    expect(given('MASTODONxACCESSxTOKEN')).toBe('ssm:/levity/token')
    expect(given('ParameterArns')).toBe('arn:aws:ssm:eu-central-1:123456789012:parameter/levity/token')
    expect(given('Serves')).toMatch(/^\["main: hillside\.tumblr\.com -> @levity@/)
    expect(out + sent).not.toContain(MASTODON_ACCESS_TOKEN)
  })

  test('whose token may not be read from Parameter Store: goes on, and says what was not checked', async () => {
    await cloud.writeSettings('prod', { MASTODON_ACCESS_TOKEN: 'ssm:/levity/token' })
    const said = { __type: 'AccessDeniedException', message: denied('ssm:GetParameters', '*') }
    between = (asked, answer) =>
      asked.get('Action') === 'GetParameters' ? { status: 400, body: JSON.stringify(said) } : answer
    const { out } = await deploy('--dry-run')
    expect(out).toMatch(
      /^The keys of main could not be tried or .* that needs the right to ssm:GetParameters\. levity-prod reads them itself\.$/m,
    )
    expect(out).toMatch(/^Add +Function/m)
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
