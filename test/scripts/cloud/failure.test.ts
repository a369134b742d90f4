import { expect, test } from 'vitest'
import { isDenied, readFailure } from '../../../scripts/cloud/aws-failure.ts'

const asked = { service: 'cloudformation', operation: 'create-change-set', profile: undefined }

/** As versions 1 and 2 of the CLI write them. */
const cases: readonly {
  readonly of: string
  readonly stderr: string
  readonly says: string
  readonly profile?: string
}[] = [
  {
    of: 'no credentials',
    stderr: 'Unable to locate credentials. You can configure credentials by running "aws configure".',
    says: 'Expected credentials for AWS but the AWS CLI has none: run `aws login` (or `aws sso login`, or `aws configure`), or name a profile (--profile, AWS_PROFILE)',
  },
  {
    of: 'no credentials (2)',
    stderr:
      '\naws: [ERROR]: Unable to locate credentials. You can configure credentials by running "aws login".\n',
    says: 'Expected credentials for AWS but the AWS CLI has none: run `aws login` (or `aws sso login`, or `aws configure`), or name a profile (--profile, AWS_PROFILE)',
  },
  {
    of: 'half of the credentials',
    stderr: 'Partial credentials found in env, missing: AWS_SECRET_ACCESS_KEY',
    says: 'Expected complete credentials for AWS but AWS_SECRET_ACCESS_KEY is missing',
  },
  {
    of: 'a login that has expired',
    profile: 'me',
    stderr: 'Error when retrieving token from sso: Token has expired and refresh failed',
    says: 'Expected valid credentials of the profile me but they have expired: run `aws login --profile me` (or `aws sso login`, or `aws configure`, for the same)',
  },
  {
    of: 'a session that has expired',
    stderr:
      'The SSO session associated with this profile has expired or is otherwise invalid. To refresh this SSO session run aws sso login with the corresponding profile.',
    says: 'Expected valid credentials but they have expired: run `aws login` (or `aws sso login`, or `aws configure`)',
  },
  {
    of: 'a token that has expired',
    stderr:
      'An error occurred (ExpiredToken) when calling the CreateChangeSet operation: The security token included in the request is expired',
    says: 'Expected valid credentials but they have expired: run `aws login` (or `aws sso login`, or `aws configure`)',
  },
  {
    of: 'a wrong key',
    stderr:
      'An error occurred (InvalidClientTokenId) when calling the GetCallerIdentity operation: The security token included in the request is invalid.',
    says: "Expected credentials that AWS accepts but received others (InvalidClientTokenId): run `aws login` (or `aws sso login`, or `aws configure`), and check that this machine's clock is right and that the account has the region enabled",
  },
  {
    of: 'a right that is missing',
    stderr:
      'An error occurred (AccessDenied) when calling the CreateChangeSet operation: User: arn:aws:iam::123456789012:user/me is not authorized to perform: cloudformation:CreateChangeSet on resource: arn:aws:cloudformation:eu-central-1:123456789012:stack/levity-prod/* because no identity-based policy allows the cloudformation:CreateChangeSet action',
    says: 'Expected the right to cloudformation:CreateChangeSet on arn:aws:cloudformation:eu-central-1:123456789012:stack/levity-prod/* but arn:aws:iam::123456789012:user/me does not have it: let an administrator grant it, or use another profile (--profile)',
  },
  {
    of: 'a right that is missing, without words',
    stderr: 'An error occurred (403) when calling the HeadObject operation: Forbidden',
    says: 'Expected the right to cloudformation:HeadObject but whoever these credentials belong to does not have it: let an administrator grant it, or use another profile (--profile)',
  },
  {
    of: 'no region',
    stderr: 'You must specify a region. You can also configure your region by running "aws configure".',
    says: 'Expected a region of AWS but received none: name one, such as --region eu-central-1, or run `aws configure`',
  },
  {
    of: 'a region of another form',
    stderr: "Provided region_name 'eu_central_1' doesn't match a supported format.",
    says: 'Expected a region of AWS such as eu-central-1 but received eu_central_1',
  },
  {
    of: 'an unknown profile',
    stderr: 'The config profile (me) could not be found',
    says: 'Expected a profile of the AWS CLI but received me, which it does not have: `aws configure list-profiles` shows those there are (--profile, AWS_PROFILE)',
  },
  {
    of: 'a network that is down',
    stderr: 'Could not connect to the endpoint URL: "https://cloudformation.eu-central-1.amazonaws.com/"',
    says: 'Expected an answer from AWS (cloudformation) at https://cloudformation.eu-central-1.amazonaws.com/ but received none: are the network, the region and AWS_ENDPOINT_URL right?',
  },
  {
    of: 'an endpoint that does not answer',
    stderr: 'Connect timeout on endpoint URL: "https://cloudformation.eu-nowhere-9.amazonaws.com/"',
    says: 'Expected an answer from AWS (cloudformation) at https://cloudformation.eu-nowhere-9.amazonaws.com/ but received none: are the network, the region and AWS_ENDPOINT_URL right?',
  },
  {
    of: 'a CLI of some years ago',
    stderr:
      '\nParameter validation failed:\nUnknown parameter in input: "DeletionProtectionEnabled", must be one of: TableName, BillingMode\n',
    says: 'Expected an AWS CLI that knows DeletionProtectionEnabled of cloudformation create-change-set but received an older one: update it',
  },
  {
    of: 'a proxy with a certificate of its own',
    stderr:
      'SSL validation failed for https://sts.amazonaws.com/ [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed',
    says: 'Expected a certificate that this machine trusts from https://sts.amazonaws.com/ but received another: is there a proxy in between (AWS_CA_BUNDLE)?',
  },
  {
    of: 'what the service says, all lines of it',
    stderr:
      'An error occurred (ValidationError) when calling the CreateChangeSet operation (reached max retries: 4): Parameters: [Memory]\nmust be numbers',
    says: 'AWS refused cloudformation CreateChangeSet (ValidationError): Parameters: [Memory]\nmust be numbers',
  },
  {
    of: 'what nobody foresaw',
    stderr: 'usage: aws …\n\naws: error: something else\n',
    says: 'The AWS CLI could not run cloudformation create-change-set: aws: error: something else',
  },
]

test.each(cases)('$of: one sentence with what to do', ({ stderr, says, profile }) => {
  expect(readFailure({ ...asked, profile }, stderr).message).toBe(says)
})

test('a right that is missing is told from all else', () => {
  const failures = cases.filter(({ stderr }) => isDenied(readFailure(asked, stderr))).map(({ of }) => of)
  expect(failures).toEqual(['a right that is missing', 'a right that is missing, without words'])
})
