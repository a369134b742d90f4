/** AWS in one region, through the AWS CLI of this machine. */
import * as v from 'valibot'
import { redact } from '../../src/core/config/secrets.ts'
import { Refusal } from '../terminal/refusal.ts'
import { type AwsError, readFailure } from './aws-failure.ts'
import { type CliAnswer, runCli } from './cli.ts'
import { withPrivateFolder, writePrivately } from './private-folder.ts'

type Env = Readonly<Record<string, string | undefined>>

export type AwsOptions = {
  /** The environment of the CLI; this process's if absent. */
  readonly env?: Env
  readonly profile?: string | undefined
  readonly region?: string | undefined
  /** Removed from every message about a failure. */
  readonly secrets?: readonly string[]
}

export type CallOptions = {
  /** Beside `--cli-input-json`, for what JSON cannot carry: bytes, and how long to wait. */
  readonly flags?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Ms. */
  readonly timeoutMs?: number
}

export interface Aws {
  readonly region: string
  /** The input goes by a file, never by the arguments, which any process of the machine can read. Throws AwsError. */
  ask<T>(
    answer: v.GenericSchema<unknown, T>,
    service: string,
    operation: string,
    input?: object,
    options?: CallOptions,
  ): Promise<T>
  /** The same where the answer does not matter. */
  tell(service: string, operation: string, input?: object, options?: CallOptions): Promise<void>
}

/** The same, with the account that the credentials belong to. */
export type Account = Aws & {
  readonly account: string
  /** `aws`, `aws-cn`, `aws-us-gov`: the beginning of every ARN. */
  readonly partition: string
}

const defaultTimeoutMs = 180_000
/** Levity's own variables, which the CLI is not given. */
const ours = /^(?:[A-Z][A-Z0-9]*_)?(?:TUMBLR|MASTODON|LEVITY)_/

/** Throws Refusal where the CLI or a region is missing. */
export async function openAws({
  secrets = [],
  env: shell = process.env,
  ...options
}: AwsOptions): Promise<Aws> {
  const profile = options.profile || undefined
  const named = options.region || shell['AWS_REGION'] || shell['AWS_DEFAULT_REGION'] || undefined
  const env = environment(shell, profile, named)
  // As a flag too: keys in the environment win over a profile in the environment.
  const flags = profile === undefined ? [] : ['--profile', profile]
  const chosen = named ?? (await configuredRegion(env, flags))
  const call = createCall({ ...env, AWS_REGION: chosen, AWS_DEFAULT_REGION: chosen }, flags, secrets)
  const ask: Aws['ask'] = async (answer, service, operation, input, options) =>
    readAnswer(answer, service, operation, await call(service, operation, input, options))
  return {
    region: chosen,
    ask,
    tell: async (service, operation, input, options) => void (await call(service, operation, input, options)),
  }
}

const Identity = v.object({ Account: v.string(), Arn: v.string() })

/** Asks whose credentials these are. Throws Refusal where they are missing. */
export async function identify(aws: Aws): Promise<Account> {
  const { Account: account, Arn } = await aws.ask(Identity, 'sts', 'get-caller-identity')
  return { ...aws, account, partition: Arn.split(':')[1] ?? 'aws' }
}

function environment(shell: Env, profile: string | undefined, region: string | undefined): Env {
  const inherited = Object.entries(shell).filter(([name]) => !ours.test(name))
  return {
    ...Object.fromEntries(inherited),
    AWS_PAGER: '',
    AWS_CLI_AUTO_PROMPT: 'off',
    // Failures are recognised by their words, so the format is fixed: https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-error-format.html
    AWS_CLI_ERROR_FORMAT: 'legacy',
    PYTHONIOENCODING: 'utf-8',
    ...(profile !== undefined && { AWS_PROFILE: profile }),
    // Version 1 knows the second name alone; version 2 prefers the first.
    ...(region !== undefined && { AWS_REGION: region, AWS_DEFAULT_REGION: region }),
  }
}

async function configuredRegion(env: Env, flags: readonly string[]): Promise<string> {
  const { out, err } = await runCli({
    args: ['configure', 'get', 'region', ...flags],
    env,
    timeoutMs: defaultTimeoutMs,
  })
  const region = out.trim()
  if (region !== '') return region
  const asked = { service: 'configure', operation: 'get region', profile: env['AWS_PROFILE'] }
  throw readFailure(asked, err.trim() === '' ? 'You must specify a region' : err)
}

type Call = (service: string, operation: string, input?: object, options?: CallOptions) => Promise<string>

function createCall(env: Env, flags: readonly string[], secrets: readonly string[]): Call {
  return async (service, operation, input, options = {}) => {
    const args = [service, operation, '--output', 'json', ...flags, ...(options.flags ?? [])]
    const { timeoutMs = defaultTimeoutMs } = options
    const runWith = (more: readonly string[]): Promise<CliAnswer> =>
      runCli({ args: [...args, ...more], env: { ...env, ...options.env }, timeoutMs })
    const answer = await (input === undefined
      ? runWith([])
      : withPrivateFolder(async (folder) => {
          const path = await writePrivately(`${folder}/input.json`, plainJson(input))
          return runWith(['--cli-input-json', `file://${path}`])
        }))
    if (!answer.ok) throw failureOf(answer, { service, operation, profile: env['AWS_PROFILE'] }, secrets)
    return answer.out
  }
}

function failureOf(
  { err }: CliAnswer,
  asked: Parameters<typeof readFailure>[0],
  secrets: readonly string[],
): AwsError {
  return readFailure(asked, redact(err, secrets))
}

/** ASCII alone, so that no machine's own character set can garble it. */
const plainJson = (input: object): string =>
  JSON.stringify(input).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

function readAnswer<T>(
  schema: v.GenericSchema<unknown, T>,
  service: string,
  operation: string,
  out: string,
): T {
  const asked = `aws ${service} ${operation}`
  let json: unknown
  try {
    // Some operations answer nothing at all.
    json = JSON.parse(out.trim() === '' ? '{}' : out)
  } catch {
    throw new Refusal(`Expected JSON from ${asked} but received ${JSON.stringify(out.slice(0, 100))}`)
  }
  const result = v.safeParse(schema, json)
  if (result.success) return result.output
  const [{ path, message }] = result.issues
  throw new Refusal(
    `Expected the usual answer from ${asked} but received another: ${path?.map(({ key }) => String(key)).join('.') ?? 'all of it'}: ${message}`,
  )
}
