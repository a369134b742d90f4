/** The flags of `npm run deploy`. */
import { parseArgs } from 'node:util'
import { type CommonFlags, commonFlags, readFlags } from '../terminal/command.ts'
import { Refusal } from '../terminal/refusal.ts'

const flags = {
  ...commonFlags,
  'dry-run': { type: 'boolean', default: false },
  package: { type: 'string' },
  x64: { type: 'boolean', default: false },
  arm64: { type: 'boolean', default: false },
  email: { type: 'string' },
  schedule: { type: 'string' },
  memory: { type: 'string' },
  timeout: { type: 'string' },
  retention: { type: 'string' },
  'silence-hours': { type: 'string' },
  'reserved-concurrency': { type: 'string' },
  'permissions-boundary': { type: 'string' },
  'deletion-protection': { type: 'boolean', default: false },
  'no-deletion-protection': { type: 'boolean', default: false },
  'post-newest': { type: 'boolean', default: false },
  'no-post': { type: 'boolean', default: false },
} as const

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

export type Arch = 'arm64' | 'x64'

export type DeployFlags = CommonFlags & {
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
export function readDeployFlags(): DeployFlags {
  const { values } = readFlags(
    Object.keys(flags)
      .slice(3)
      .map((name) => `--${name}`)
      .join(', '),
    () => parseArgs({ options: flags }),
  )
  const atMostOne = (
    a: 'x64' | 'deletion-protection' | 'post-newest',
    b: 'arm64' | 'no-deletion-protection' | 'no-post',
  ): void => {
    if (values[a] && values[b]) throw new Refusal(`Expected --${a} or --${b} but received both`)
  }
  atMostOne('x64', 'arm64')
  atMostOne('deletion-protection', 'no-deletion-protection')
  atMostOne('post-newest', 'no-post')
  const { stage, profile, region, x64, arm64 } = values
  const arch = x64 ? 'x64' : arm64 ? 'arm64' : undefined
  return {
    stage,
    ...(profile !== undefined && { profile }),
    ...(region !== undefined && { region }),
    dryRun: values['dry-run'],
    ...(values.package !== undefined && { package: values.package }),
    ...(arch && { arch }),
    parameters: new Map(readParameters(values)),
    newest: values['post-newest'] ? 'post' : values['no-post'] ? 'leave' : 'ask',
  }
}

type Values = { readonly [name in keyof typeof parameterOf]?: string } & {
  readonly 'deletion-protection': boolean
  readonly 'no-deletion-protection': boolean
}

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
