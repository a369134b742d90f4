/**
 * The arguments of every command. A command declares its options once; what it is given, the sentence about a mistake and
 * the text of `--help` come from that declaration.
 */
import { parseArgs } from 'node:util'
import { Refusal } from './refusal.ts'
import { widthOf, wrap } from './wrap.ts'

/** With `takes` it needs a value, and `takes` is what help calls it; without, it is on or off. */
export type Option = Flag | Valued
type Flag = { readonly says: string; readonly takes?: undefined }
type Valued = {
  readonly takes: string
  /** One phrase of what it does. */
  readonly says: string
  readonly default?: string
  /** What the value must look like, and the words for it. */
  readonly expects?: { readonly pattern: RegExp; readonly words: string }
  /** The other option that this one needs. */
  readonly needs?: string
}

export type CommandLine = {
  /** As in `npm run NAME`. */
  readonly name: string
  /** One sentence of what it does. */
  readonly says: string
  readonly options: Readonly<Record<string, Option>>
  /** The arguments without dashes: how help writes them, and how many there may be. None if absent. */
  readonly positionals?: { readonly form: string; readonly words: string; readonly most: number }
  /** The ways to call it, where one line does not show them all. */
  readonly forms?: readonly string[]
  /** What help says after the options. */
  readonly notes?: readonly string[]
  /** What each exit code means. */
  readonly exits: Readonly<Record<number, string>>
  /** The exit code of a mistake in the arguments; 1 if absent. */
  readonly mistake?: 2
}

type ValuesOf<O> = {
  readonly [K in keyof O]: O[K] extends { readonly takes: string }
    ? O[K] extends { readonly default: string }
      ? string
      : string | undefined
    : boolean
}

export type Given<C extends CommandLine> = {
  readonly values: ValuesOf<C['options']>
  readonly positionals: readonly string[]
}

export const stageName = {
  takes: 'NAME',
  expects: {
    // It becomes part of names of all kinds: of a file, a function, a table, a bucket's keys.
    pattern: /^[a-z][a-z0-9-]{0,19}$/,
    words: 'a name of small letters, digits and hyphens (at most 20)',
  },
} as const
const account = {
  profile: { takes: 'NAME', says: 'the profile of the AWS CLI', needs: 'stage' },
  region: { takes: 'NAME', says: 'the AWS region', needs: 'stage' },
} as const

/** Of the commands that work on a stage and nothing else. */
export const stageOptions = {
  stage: { ...stageName, says: 'the stage on AWS', default: 'prod' },
  ...account,
} as const

/** Of the commands that work on this folder, unless a stage is named. */
const placeOptions = {
  stage: { ...stageName, says: 'a stage on AWS, in place of this folder' },
  ...account,
} as const

/** Of the commands that only look. */
export const lookOptions = {
  ...placeOptions,
  route: { takes: 'NAME', says: 'this route alone' },
  json: { says: 'prints JSON' },
} as const

/** `stage`: one on AWS; undefined for this folder. */
export type Where = {
  readonly stage?: string | undefined
  readonly profile?: string | undefined
  readonly region?: string | undefined
}
export type Look = Where & { readonly route?: string | undefined; readonly json: boolean }

/** Undefined where help is asked for. Throws Refusal with one sentence. */
export function readArguments<const C extends CommandLine>(
  command: C,
  args: readonly string[],
): Given<C> | undefined {
  const { tokens } = parseArgs({
    args: [...args],
    options: { ...parseOptions(command), help: { type: 'boolean', short: 'h' } },
    allowPositionals: true,
    strict: false,
    tokens: true,
  })
  if (tokens.some((token) => token.kind === 'option' && token.name === 'help')) return undefined
  const values: Record<string, string | boolean | undefined> = {}
  for (const [name, { takes, ...option }] of Object.entries(command.options))
    values[name] = takes === undefined ? false : 'default' in option ? option.default : undefined
  const positionals: string[] = []
  for (const token of tokens) {
    if (token.kind === 'option') values[token.name] = readOption(command, token)
    else if (token.kind === 'positional') positionals.push(token.value)
  }
  checkNeeds(command, values)
  checkCount(command, positionals)
  // The values were made from the declaration, one for each option.
  return { values: values as ValuesOf<C['options']>, positionals }
}

const parseOptions = ({ options }: CommandLine): Record<string, { readonly type: 'boolean' | 'string' }> =>
  Object.fromEntries(
    Object.entries(options).map(([name, { takes }]) => [
      name,
      { type: takes === undefined ? 'boolean' : 'string' },
    ]),
  )

type OptionToken = {
  readonly name: string
  readonly rawName: string
  readonly value?: string | undefined
  readonly inlineValue?: boolean | undefined
}

function readOption(command: CommandLine, { name, rawName, value, inlineValue }: OptionToken): string | true {
  const option = Object.hasOwn(command.options, name) ? command.options[name] : undefined
  if (option === undefined) throw mistake(command, `an option of npm run ${command.name}`, rawName)
  if (option.takes === undefined) {
    if (value === undefined) return true
    throw mistake(command, `${rawName} without a value`, `${rawName}=${value}`)
  }
  if (value === undefined) throw mistake(command, `${option.takes} after ${rawName}`, 'nothing')
  // `--stage --json` lacks the name; `--stage=--json` is meant so.
  if (!inlineValue && /^-./.test(value)) throw mistake(command, `${option.takes} after ${rawName}`, value)
  if (option.expects && !option.expects.pattern.test(value))
    throw mistake(command, `${option.expects.words} for ${rawName}`, JSON.stringify(value))
  return value
}

function checkNeeds(command: CommandLine, values: Readonly<Record<string, unknown>>): void {
  for (const [name, option] of Object.entries(command.options))
    if (option.takes !== undefined && option.needs !== undefined)
      if (values[name] !== undefined && values[option.needs] === undefined)
        throw mistake(command, `--${name} together with --${option.needs}`, `it without --${option.needs}`)
}

function checkCount(command: CommandLine, positionals: readonly string[]): void {
  const { most = 0, words = 'options alone' } = command.positionals ?? {}
  if (positionals.length > most) throw mistake(command, words, positionals.join(' '))
}

/** One sentence, with where to read more and the exit code of such a mistake. */
export const mistake = (command: CommandLine, expected: string, received: string): Refusal =>
  new Refusal(
    `Expected ${expected} but received ${received} (npm run ${command.name} -- --help shows all options)`,
    command.mistake ?? 1,
  )

/** In columns: help is as wide on every terminal. */
const width = 100

/** The text of `--help`. */
export function describeCommand({
  name,
  says,
  options,
  positionals,
  forms,
  notes,
  exits,
}: CommandLine): string {
  const [form, ...more] = forms ?? [`${positionals === undefined ? '' : `${positionals.form} `}[OPTIONS]`]
  const rows = Object.entries<Option>({ ...options, help: { says: 'prints this' } }).map(
    ([option, { takes, says: does, ...rest }]) => {
      const usual = 'default' in rest ? ` (${rest.default} unless given)` : ''
      return [
        `${option === 'help' ? '-h, ' : ''}--${option}${takes === undefined ? '' : ` ${takes}`}`,
        `${does}${usual}`,
      ] as const
    },
  )
  const column = Math.max(...rows.map(([left]) => widthOf(left))) + 4
  return [
    ...[form, ...more].map((one) => `npm run ${name} -- ${one}`),
    '',
    ...wrap(says, width),
    '',
    ...rows.flatMap(([left, right]) =>
      wrap(right, width - column).map((line, at) => `${(at === 0 ? `  ${left}` : '').padEnd(column)}${line}`),
    ),
    ...(notes === undefined ? [] : ['', ...notes.flatMap((line) => wrap(line, width))]),
    '',
    `Exit code ${Object.entries(exits)
      .map(([code, meaning]) => `${code}: ${meaning}`)
      .join('. ')}.`,
  ].join('\n')
}
