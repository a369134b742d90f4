/** What `npm run ledger` is asked for: its arguments as one command. */
import type { PostKey } from '../../src/io/ledger/ledger.ts'
import { type CommandLine, type Given, lookOptions, mistake as mistakeOf } from '../terminal/arguments.ts'
import type { Refusal } from '../terminal/refusal.ts'
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

export type LedgerArguments = {
  readonly command: Command
  readonly route?: string | undefined
  readonly stage?: string | undefined
  readonly table?: string | undefined
  readonly profile?: string | undefined
  readonly region?: string | undefined
  readonly json: boolean
}

export const command = {
  name: 'ledger',
  says: 'What the ledger knows of each post, here or on AWS, and what you say of it. Listing changes nothing.',
  positionals: { form: '', words: '', most: Number.POSITIVE_INFINITY },
  forms: [
    `[list] [${states.join('|')}] [--last N]`,
    'retry ID…|parked',
    'skip ID… [--reason TEXT]',
    'posted ID [STATUS-URL…]',
    'forget ID…|--everything [--yes]',
    'export [FILE]',
    'import FILE [--replace]',
  ],
  options: {
    ...lookOptions,
    table: { takes: 'NAME', says: 'the table of that stage, if it has another name', needs: 'stage' },
    last: {
      takes: 'N',
      says: 'list: the last N posts alone',
      expects: { pattern: /^[1-9]\d{0,8}$/, words: 'a number from 1' },
    },
    reason: { takes: 'TEXT', says: 'skip: why' },
    everything: { says: 'forget: all of the route' },
    yes: { says: 'forget: does not ask' },
    replace: { says: 'import: in place of what is there' },
  },
  exits: {
    0: 'done',
    1: 'something was not done, and stderr says why',
    2: 'a run is at work, try again later',
  },
} as const satisfies CommandLine

type Values = Given<typeof command>['values']

/** The options that one command alone understands. */
const owners = {
  last: 'list',
  reason: 'skip',
  yes: 'forget',
  everything: 'forget',
  replace: 'import',
} as const satisfies Partial<Record<keyof Values, Command['do']>>

/** Throws Refusal. */
export function readAsked({ values, positionals }: Given<typeof command>): LedgerArguments {
  const asked = readCommand(positionals, values)
  for (const [name, owner] of Object.entries(owners)) {
    const value = values[name as keyof typeof owners]
    if (value !== undefined && value !== false && owner !== asked.do)
      throw mistake(`--${name} with ${owner} alone`, `it with ${asked.do}`)
  }
  const { route, stage, table, profile, region, json } = values
  return { command: asked, json, route, stage, table, profile, region }
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

function readForget(rest: readonly string[], { route, everything, yes }: Values): Command {
  if (!everything) return { do: 'forget', which: readIds(rest, 'forget'), yes }
  if (rest.length > 0) throw mistake('either ids or --everything', 'both')
  if (route === undefined) throw mistake('--route and its name beside --everything', 'none')
  return { do: 'forget', which: 'everything', yes }
}

function readFiles(word: 'export' | 'import', rest: readonly string[], values: Values): Command {
  const [file] = rest
  if (rest.length > 1) throw mistake(`one file for ${word}`, `${rest.length}`)
  if (word === 'export') return { do: word, ...(file !== undefined && { file }) }
  if (file === undefined) throw mistake('a file for import', 'none')
  return { do: word, file, replace: values.replace }
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

const mistake = (expected: string, received: string): Refusal => mistakeOf(command, expected, received)
