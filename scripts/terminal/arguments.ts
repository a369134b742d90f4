/** What the commands that only look have in common: where to look, and how it is told. */
import { type ParseArgsConfig, parseArgs } from 'node:util'
import { Refusal } from './refusal.ts'
import { isStageName } from './stage-name.ts'

export const lookOptions = {
  stage: { type: 'string' },
  profile: { type: 'string' },
  region: { type: 'string' },
  route: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const satisfies ParseArgsConfig['options']

/** `stage`: one on AWS; undefined for this folder. */
export type Where = { readonly stage?: string; readonly profile?: string; readonly region?: string }
export type Look = Where & { readonly route?: string; readonly json: boolean; readonly help: boolean }

/** The values of `parseArgs`, with its complaint and the usage as a Refusal. */
export function readOptions<T extends NonNullable<ParseArgsConfig['options']>>(
  options: T,
  args: readonly string[],
  usage: string,
  allowPositionals = false,
): ReturnType<typeof parseArgs<{ options: T; allowPositionals: boolean }>> {
  try {
    return parseArgs({ args: [...args], options, allowPositionals })
  } catch (error) {
    throw new Refusal(`${error instanceof Error ? error.message : error}\n${usage}`, 2)
  }
}

type Values = {
  readonly [K in keyof typeof lookOptions]?: (typeof lookOptions)[K]['type'] extends 'boolean'
    ? boolean | undefined
    : string | undefined
}

/** Throws Refusal. */
export function readLook({ stage, profile, region, route, json = false, help = false }: Values): Look {
  if (stage === undefined && (profile ?? region) !== undefined)
    throw new Refusal('Expected --profile and --region beside --stage alone but received them without', 2)
  if (stage !== undefined && !isStageName(stage))
    throw new Refusal(
      `Expected a name of small letters, digits and hyphens (at most 20) for --stage but received ${stage}`,
      2,
    )
  return {
    json,
    help,
    ...(stage !== undefined && { stage }),
    ...(profile !== undefined && { profile }),
    ...(region !== undefined && { region }),
    ...(route !== undefined && { route }),
  }
}
