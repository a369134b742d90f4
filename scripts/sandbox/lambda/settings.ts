/** The settings of a function, and how its process gets them: as Node's flags and as environment variables. */
import { randomBytes } from 'node:crypto'
import { createRequire } from 'node:module'
import { devNull } from 'node:os'
import { sandboxAws } from '../dynamodb/dynamodb.ts'
import type { LogFormat } from './log.ts'

export type FunctionSettings = {
  /** The folder that is deployed (`LAMBDA_TASK_ROOT`). */
  readonly codeDir: string
  /** File and exported name, as Lambda writes it: `repost.handler`. */
  readonly handler: string
  readonly functionName: string
  /** The function's own variables; region and credentials are the sandbox's unless they are among them. */
  readonly env: Readonly<Record<string, string>>
  readonly memoryMb: number
  readonly timeoutMs: number
  /** As `LoggingConfig` has it, for the runtime's lines and Lambda's own. */
  readonly logFormat: LogFormat
  /** Stop the process between invocations, as Lambda does; never on Windows, which has no such signal. */
  readonly freeze: boolean
  /** Modules that are loaded before the function, as file URLs. */
  readonly preload: readonly string[]
}

const runtime = createRequire(import.meta.url).resolve('aws-lambda-ric')
const hooks = new URL('./hooks.ts', import.meta.url).href
const clockShift = new URL('../clock-shift.mjs', import.meta.url).href

/** Ms that the function's clock runs ahead of this machine's, where it lives in the sandbox's time. */
export const skewOf = ({ env }: Pick<FunctionSettings, 'env'>): number => Number(env['SANDBOX_SKEW_MS'] ?? 0)

/** The heap as Lambda's own start script for Node sets it: nine tenths of the memory, one tenth of it for new objects. */
export function flagsOf(settings: FunctionSettings): readonly string[] {
  const { memoryMb, preload } = settings
  const young = Math.floor(memoryMb / 10)
  const shift = skewOf(settings) === 0 ? [] : [clockShift]
  return [
    '--expose-gc',
    '--max-http-header-size=81920',
    `--max-semi-space-size=${Math.floor(young / 2)}`,
    `--max-old-space-size=${memoryMb - young}`,
    ...[...shift, hooks, ...preload].flatMap((url) => ['--import', url]),
    runtime,
  ]
}

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime */
export function variablesOf(settings: FunctionSettings): Readonly<Record<string, string>> {
  const { functionName, memoryMb, handler, codeDir, env } = settings
  const { AWS_REGION } = { ...sandboxAws, ...env }
  const day = new Date().toISOString().slice(0, 10).replaceAll('-', '/')
  return {
    ...ofThePlatform(),
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    ...sandboxAws,
    // On Lambda there is no home folder. The profile of the person who runs the sandbox must not be found.
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    ...env,
    AWS_DEFAULT_REGION: AWS_REGION,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_NAME: functionName,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_FORMAT: settings.logFormat,
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${functionName}`,
    AWS_LAMBDA_LOG_STREAM_NAME: `${day}/[$LATEST]${randomBytes(16).toString('hex')}`,
    LAMBDA_TASK_ROOT: codeDir,
    _HANDLER: handler,
  }
}

/** What a process needs to run at all. */
function ofThePlatform(): Readonly<Record<string, string>> {
  if (process.platform !== 'win32') return { PATH: '/usr/local/bin:/usr/bin:/bin' }
  const needed = ['PATH', 'SystemRoot', 'TEMP'].flatMap((name) => {
    const value = process.env[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  return Object.fromEntries(needed)
}
