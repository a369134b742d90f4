/** The settings of this folder, or of a stage, as they stand in its file: right or wrong. */
import { resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { type Parameters, wantedParameters } from '../../src/core/config/parameters.ts'
import type { Env } from '../../src/core/config/variables.ts'
import { ServiceError } from '../../src/core/failure/failure.ts'
import { createParameterStore } from '../../src/io/aws/parameter-store.ts'
import type { Where } from '../terminal/arguments.ts'
import { readEnvText } from '../terminal/file.ts'
import { Refusal } from '../terminal/refusal.ts'
import { readAllDeployed } from './deployed.ts'
import { nameOf } from './stack.ts'

export type RawSettings = {
  readonly env: Env
  /** What Parameter Store has of them, or why it could not be read; undefined where there is none to ask. */
  readonly parameters: Parameters | undefined
}

/** Throws Refusal where there is no file to read. */
export async function readSettingsAt(where: Where): Promise<RawSettings> {
  const { stage } = where
  const path = resolve(stage === undefined ? '.env' : `.env.${stage}`)
  const text = await readEnvText(path, 2)
  if (text === undefined)
    throw new Refusal(
      `Expected the settings in ${path} but received no such file: \`npm run setup${stage === undefined ? '' : ` -- --stage ${stage}`}\` makes it`,
      2,
    )
  const env = parseEnv(text)
  if (stage === undefined) return { env, parameters: undefined }
  await pointAt({ ...where, stage })
  // A stage brings a ledger of its own.
  return { env: { ...env, LEVITY_TABLE: nameOf(stage) }, parameters: await readParameters(env) }
}

/** Points this process's AWS SDK at the stage: by the options, else where this folder deployed it. */
export async function pointAt({ stage, profile, region }: Where & { readonly stage: string }): Promise<void> {
  if (profile !== undefined) process.env['AWS_PROFILE'] = profile
  const chosen =
    region ??
    process.env['AWS_REGION'] ??
    process.env['AWS_DEFAULT_REGION'] ??
    (await readAllDeployed()).find((one) => one.stage === stage)?.region
  if (chosen !== undefined) process.env['AWS_REGION'] = chosen
}

const readParameters = (env: Env): Promise<Parameters> =>
  createParameterStore()
    .read(wantedParameters(env))
    .catch((error: unknown): Parameters => {
      if (error instanceof ServiceError) return { unread: error.message }
      throw error
    })
