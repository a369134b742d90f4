/** Turns a failure of the AWS CLI into one sentence: what is missing, and what to do. */
import { Refusal } from '../terminal/refusal.ts'

/** `code` is the service's own (`AccessDenied`, `ValidationError`, `404` …); undefined where no service answered. */
export class AwsError extends Refusal {
  override readonly name = 'AwsError'
  readonly code: string | undefined
  /** The service's own words. */
  readonly reason: string
  constructor(message: string, reason: string, code?: string) {
    super(message)
    this.code = code
    this.reason = reason
  }
}

export type CliRequest = {
  readonly service: string
  readonly operation: string
  readonly profile: string | undefined
}

type Sentence = (asked: CliRequest, found: RegExpExecArray) => string

const withProfile = ({ profile }: CliRequest): string =>
  profile === undefined ? '' : ` of the profile ${profile}`
const login = ({ profile }: CliRequest): string =>
  profile === undefined
    ? '`aws login` (or `aws sso login`, or `aws configure`)'
    : `\`aws login --profile ${profile}\` (or \`aws sso login\`, or \`aws configure\`, for the same)`

/** Failures of the CLI itself, where no service has answered. The first pattern that fits is used. */
const ofTheCli: readonly (readonly [RegExp, Sentence])[] = [
  [
    /config profile \(([^)]*)\) could not be found/i,
    (_, [, profile]) =>
      `Expected a profile of the AWS CLI but received ${profile}, which it does not have: \`aws configure list-profiles\` shows those there are (--profile, AWS_PROFILE)`,
  ],
  [
    /(?:token|session|credentials)[^\n]*(?:expired|refresh failed)|SSOToken|sso login|UnauthorizedSSOToken/i,
    (asked) => `Expected valid credentials${withProfile(asked)} but they have expired: run ${login(asked)}`,
  ],
  [
    /Partial credentials found[^\n]*missing: *([^\n]+)/i,
    (_, [, missing]) => `Expected complete credentials for AWS but ${missing} is missing`,
  ],
  [
    /Unable to locate credentials|NoCredentials|Error when retrieving credentials/i,
    (asked) =>
      `Expected credentials for AWS but the AWS CLI has none: run ${login(asked)}, or name a profile (--profile, AWS_PROFILE)`,
  ],
  [
    /You must specify a region/i,
    () =>
      'Expected a region of AWS but received none: name one, such as --region eu-central-1, or run `aws configure`',
  ],
  [
    /(?:region_name '([^']*)'|Invalid region[^\n]*?'?([\w-]+)'?)[^\n]*(?:supported|format|region)/i,
    (_, [, name]) => `Expected a region of AWS such as eu-central-1 but received ${name ?? 'another name'}`,
  ],
  [
    /(?:Could not connect to the endpoint|(?:Connect|Read) timeout on endpoint|before we received a valid response from endpoint|Failed to connect to proxy)[^"\n]*"([^"]+)"/i,
    ({ service }, [, url]) =>
      `Expected an answer from AWS (${service}) at ${url} but received none: are the network, the region and AWS_ENDPOINT_URL right?`,
  ],
  [
    /Unknown parameter in input: "?(\w+)|Unknown options: (\S+)|Invalid choice: '?([\w-]+)/i,
    ({ service, operation }, [, parameter, option, choice]) =>
      `Expected an AWS CLI that knows ${parameter ?? option ?? choice} of ${service} ${operation} but received an older one: update it`,
  ],
  [
    /SSL validation failed for (\S+)/i,
    (_, [, url]) =>
      `Expected a certificate that this machine trusts from ${url} but received another: is there a proxy in between (AWS_CA_BUNDLE)?`,
  ],
]

const denied = /^(?:AccessDenied|AccessDeniedException|UnauthorizedOperation|AuthorizationError|403)$/
const badKey =
  /^(?:UnrecognizedClientException|InvalidClientTokenId|SignatureDoesNotMatch|InvalidAccessKeyId|AuthFailure|InvalidSignatureException)$/
const expired = /^(?:ExpiredToken|ExpiredTokenException|RequestExpired)$/

/** Whether a service has answered with this code. */
export const hasCode = (error: unknown, code: string): error is AwsError =>
  error instanceof AwsError && error.code === code

export const isDenied = (error: unknown): error is AwsError =>
  error instanceof AwsError && error.code !== undefined && denied.test(error.code)

/** `stderr` as the CLI wrote it, secrets taken out. */
export function readFailure(asked: CliRequest, stderr: string): AwsError {
  const [, code, called, reason = ''] =
    /An error occurred \(([^)]+)\) when calling the (\w+) operation(?: \([^)]*\))?: *(.*)/s.exec(stderr) ?? []
  if (code !== undefined && called !== undefined) return ofTheService(asked, code, called, reason.trim())
  for (const [pattern, say] of ofTheCli) {
    const found = pattern.exec(stderr)
    if (found) return new AwsError(say(asked, found), stderr.trim())
  }
  const last = stderr.trim().split('\n').at(-1)?.trim() || 'no reason'
  return new AwsError(`The AWS CLI could not run ${asked.service} ${asked.operation}: ${last}`, last)
}

function ofTheService(asked: CliRequest, code: string, called: string, reason: string): AwsError {
  if (denied.test(code)) return new AwsError(sayDenied(asked, called, reason), reason, code)
  if (expired.test(code))
    return new AwsError(
      `Expected valid credentials${withProfile(asked)} but they have expired: run ${login(asked)}`,
      reason,
      code,
    )
  if (badKey.test(code))
    return new AwsError(
      `Expected credentials${withProfile(asked)} that AWS accepts but received others (${code}): run ${login(asked)}, and check that this machine's clock is right and that the account has the region enabled`,
      reason,
      code,
    )
  return new AwsError(`AWS refused ${asked.service} ${called} (${code}): ${reason}`, reason, code)
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html has the forms of the message. */
function sayDenied({ service }: CliRequest, called: string, reason: string): string {
  const who = /(?:User|Principal): (\S+)/.exec(reason)?.[1] ?? 'whoever these credentials belong to'
  const action =
    /not authorized to perform: ([\w:*-]+)/.exec(reason)?.[1] ?? `${service.replace('s3api', 's3')}:${called}`
  const resource = /on resource: "?([^\s"]+)/.exec(reason)?.[1]
  return `Expected the right to ${action}${resource === undefined ? '' : ` on ${resource}`} but ${who} does not have it: let an administrator grant it, or use another profile (--profile)`
}
