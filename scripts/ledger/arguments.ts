/** What `npm run ledger` is asked for: its arguments as one command. */
import { parseArgs } from 'node:util'
import type { PostKey } from '../../src/io/ledger/ledger.ts'
import { Refusal } from '../terminal/refusal.ts'
import { isStageName } from '../terminal/stage-name.ts'
import { isState, type State, states } from './standing.ts'

type Ids = readonly [PostKey, ...PostKey[]]

export type Command =
  | { readonly do: 'list'; readonly state?: State; readonly last?: number }
  | { readonly do: 'retry'; readonly which: 'parked' | Ids }
  | { readonly do: 'skip'; readonly which: Ids; readonly reason: string }
  | { readonly do: 'posted'; readonly which: Ids; readonly urls: readonly string[] }
  | { readonly do: 'forget'; readonly which: Ids | 'everything'; readonly yes: boolean }
  | { readonly do: 'export'; readonly file?: string }
  | { readonly do: 'import'; readonly file: string; readonly replace: boolean }

export type Asked = {
  readonly command: Command
  readonly route?: string
  readonly stage?: string
  readonly table?: string
  readonly profile?: string
  readonly region?: string
  readonly json: boolean
}

export const usage = `npm run ledger -- [list] [${states.join('|')}] [--last N]
npm run ledger -- retry ID…|parked
npm run ledger -- skip ID… [--reason TEXT]
npm run ledger -- posted ID [STATUS-URL…]
npm run ledger -- forget ID…|--everything [--yes]
npm run ledger -- export [FILE]
npm run ledger -- import FILE [--replace]
with each: --route NAME, --json, --stage NAME (in the cloud; --profile, --region, --table)`

const options = {
  route: { type: 'string' },
  stage: { type: 'string' },
  table: { type: 'string' },
  profile: { type: 'string' },
  region: { type: 'string' },
  json: { type: 'boolean' },
  last: { type: 'string' },
  reason: { type: 'string' },
  yes: { type: 'boolean' },
  everything: { type: 'boolean' },
  replace: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const

type Values = NonNullable<ReturnType<typeof parseArgs<{ options: typeof options }>>['values']>

/** The options that one command alone understands. */
const owners: Readonly<Partial<Record<keyof Values, Command['do']>>> = {
  last: 'list',
  reason: 'skip',
  yes: 'forget',
  everything: 'forget',
  replace: 'import',
}

/** Throws Refusal; undefined where only help is asked for. */
export function readArguments(args: readonly string[]): Asked | undefined {
  const { values, positionals } = parse(args)
  if (values.help === true) return undefined
  const command = readCommand(positionals, values)
  for (const [name, owner] of Object.entries(owners))
    if (name in values && owner !== command.do)
      throw mistake(`--${name} with ${owner} alone`, `it with ${command.do}`)
  const { route, stage, table, profile, region, json = false } = values
  if (stage === undefined && (table ?? profile ?? region) !== undefined)
    throw mistake('--table, --profile and --region beside --stage alone', 'them without')
  if (stage !== undefined && !isStageName(stage))
    throw mistake('a name of small letters, digits and hyphens (at most 20) for --stage', stage)
  return {
    command,
    json,
    ...(route !== undefined && { route }),
    ...(stage !== undefined && { stage }),
    ...(table !== undefined && { table }),
    ...(profile !== undefined && { profile }),
    ...(region !== undefined && { region }),
  }
}

function parse(args: readonly string[]): {
  readonly values: Values
  readonly positionals: readonly string[]
} {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true })
  } catch (error) {
    throw new Refusal(`${error instanceof Error ? error.message : error}\n${usage}`)
  }
}

function readCommand([word = 'list', ...rest]: readonly string[], values: Values): Command {
  switch (word) {
    case 'list':
      return readList(rest, values)
    case 'retry':
      return {
        do: 'retry',
        which: rest.length === 1 && rest[0] === 'parked' ? 'parked' : readIds(rest, word),
      }
    case 'skip':
      return { do: 'skip', which: readIds(rest, word), reason: values.reason ?? 'a person said so' }
    case 'posted':
      return rest.length === 0 ? readList([word], values) : readPosted(rest)
    case 'forget':
      return readForget(rest, values)
    case 'export':
    case 'import':
      return readFiles(word, rest, values)
    default:
      if (isState(word)) return readList([word, ...rest], values)
      throw mistake('list, retry, skip, posted, forget, export or import', word)
  }
}

function readList([state, ...others]: readonly string[], { last }: Values): Command {
  if (others.length > 0 || (state !== undefined && !isState(state)))
    throw mistake(`one of ${states.join(', ')} or nothing for list`, [state, ...others].join(' '))
  if (last !== undefined && !/^[1-9]\d{0,8}$/.test(last)) throw mistake('a number from 1 for --last', last)
  return {
    do: 'list',
    ...(state !== undefined && { state }),
    ...(last !== undefined && { last: Number(last) }),
  }
}

function readPosted(rest: readonly string[]): Command {
  const urls = rest.filter((text) => /^https?:\/\//.test(text) && URL.canParse(text))
  const which = readIds(
    rest.filter((text) => !urls.includes(text)),
    'posted',
  )
  if (urls.length > 0 && which.length > 1)
    throw mistake('one post beside the addresses of its statuses', `${which.length} posts`)
  return { do: 'posted', which, urls }
}

function readForget(rest: readonly string[], { route, everything, yes = false }: Values): Command {
  if (everything !== true) return { do: 'forget', which: readIds(rest, 'forget'), yes }
  if (rest.length > 0) throw mistake('either ids or --everything', 'both')
  if (route === undefined) throw mistake('--route and its name beside --everything', 'none')
  return { do: 'forget', which: 'everything', yes }
}

function readFiles(word: 'export' | 'import', rest: readonly string[], values: Values): Command {
  const [file] = rest
  if (rest.length > 1) throw mistake(`one file for ${word}`, `${rest.length}`)
  if (word === 'export') return { do: word, ...(file !== undefined && { file }) }
  if (file === undefined) throw mistake('a file for import', 'none')
  return { do: word, file, replace: values.replace === true }
}

/** `834068704692011014`, or `834068704692011014#2` for its second copy. */
function readIds(texts: readonly string[], word: string): Ids {
  const [first, ...others] = [...new Set(texts)].map((text): PostKey => {
    const [, id, copy = '1'] = /^([1-9]\d{0,19})(?:#([1-9]\d{0,5}))?$/.exec(text) ?? []
    if (id === undefined) throw mistake(`the id of a post (digits) for ${word}`, text)
    return { id, copy: Number(copy) }
  })
  if (first === undefined) throw mistake(`the id of a post for ${word}`, 'none')
  return [first, ...others]
}

const mistake = (expected: string, received: string): Refusal =>
  new Refusal(`Expected ${expected} but received ${received} (--help shows all there is)`)
