/** The flags of `npm run deploy`. */
import type { Arch } from '../build/native.ts'
import { type CommandLine, type Given, mistake, stageOptions } from '../terminal/arguments.ts'

export const command = {
  name: 'deploy',
  says: 'Makes or changes a stage on AWS, with the settings of .env.NAME. What you do not give stays as it is.',
  options: {
    ...stageOptions,
    'dry-run': { says: 'shows what would change, and changes nothing' },
    package: { takes: 'FILE', says: 'a package that was built before' },
    x64: { says: 'a function on x64' },
    arm64: { says: 'a function on arm64, the usual one' },
    email: { takes: 'ADDRESS', says: 'whom the alarms tell' },
    schedule: { takes: 'EXPRESSION', says: 'when it runs, such as "rate(10 minutes)"' },
    memory: { takes: 'MB', says: 'the memory of the function' },
    timeout: { takes: 'SECONDS', says: 'how long a run may take' },
    retention: { takes: 'DAYS', says: 'how long logs are kept' },
    'silence-hours': { takes: 'HOURS', says: 'the alarm for silence comes after so long without a good run' },
    'reserved-concurrency': { takes: 'N', says: 'how many runs Lambda keeps room for' },
    'permissions-boundary': { takes: 'ARN', says: 'the policy that bounds the roles' },
    'deletion-protection': { says: 'protects the ledger from deletion' },
    'no-deletion-protection': { says: 'does not protect it' },
    'post-newest': { says: 'posts the newest post after a first deployment, without asking' },
    'no-post': { says: 'does not post it, without asking' },
  },
  exits: { 0: 'it is deployed, or was already', 1: 'it is not, or the function fails' },
} as const satisfies CommandLine

/** Which parameter of the template a flag sets. */
const parameterOf = {
  email: 'AlarmEmail',
  schedule: 'Schedule',
  memory: 'MemorySize',
  timeout: 'TimeoutSeconds',
  retention: 'LogRetentionDays',
  'silence-hours': 'SilenceHours',
  'reserved-concurrency': 'ReservedConcurrency',
  'permissions-boundary': 'PermissionsBoundary',
} as const

export type DeployFlags = {
  readonly stage: string
  readonly profile?: string | undefined
  readonly region?: string | undefined

  readonly dryRun: boolean
  /** The path of a package that was built before. */
  readonly package?: string
  readonly arch?: Arch
  /** What goes to parameters of the template, by their ids. */
  readonly parameters: ReadonlyMap<string, { readonly value: string; readonly flag: string }>
  /** What to do with the newest post after a first deployment. */
  readonly newest: 'ask' | 'post' | 'leave'
}

/** Throws Refusal. */
export function readDeployFlags({ values }: Given<typeof command>): DeployFlags {
  const atMostOne = (
    a: 'x64' | 'deletion-protection' | 'post-newest',
    b: 'arm64' | 'no-deletion-protection' | 'no-post',
  ): void => {
    if (values[a] && values[b]) throw mistake(command, `--${a} or --${b}`, 'both')
  }
  atMostOne('x64', 'arm64')
  atMostOne('deletion-protection', 'no-deletion-protection')
  atMostOne('post-newest', 'no-post')
  const { stage, profile, region, x64, arm64 } = values
  const arch = x64 ? 'x64' : arm64 ? 'arm64' : undefined
  return {
    stage,
    profile,
    region,
    dryRun: values['dry-run'],
    ...(values.package !== undefined && { package: values.package }),
    ...(arch && { arch }),
    parameters: new Map(readParameters(values)),
    newest: values['post-newest'] ? 'post' : values['no-post'] ? 'leave' : 'ask',
  }
}

type Values = Given<typeof command>['values']

function* readParameters(values: Values): Generator<[string, { value: string; flag: string }]> {
  for (const [name, id] of Object.entries(parameterOf)) {
    const value = values[name as keyof typeof parameterOf]
    if (value !== undefined) yield [id, { value, flag: `--${name}` }]
  }
  if (values['deletion-protection'])
    yield ['DeletionProtection', { value: 'true', flag: '--deletion-protection' }]
  if (values['no-deletion-protection'])
    yield ['DeletionProtection', { value: 'false', flag: '--no-deletion-protection' }]
}
