/** What `npm run setup` is asked for on its command line. Secrets never stand there: they would show in every list of processes. */
import * as v from 'valibot'
import { parseBlogIdentifier } from '../../src/core/config/blog.ts'
import { settingRows } from '../../src/core/config/settings.ts'
import { type CommandLine, mistake, readArguments, stageName } from '../terminal/arguments.ts'
import { Refusal } from '../terminal/refusal.ts'
import { readServer } from './server-address.ts'

export type SetupOptions = {
  readonly stage?: string
  readonly route?: string
  /** The code of the sign-in comes on stdin. */
  readonly codeOnStdin: boolean
  /** What was kept of an earlier setup is forgotten. */
  readonly anew: boolean
  /** By the names of the settings. */
  readonly values: ReadonlyMap<string, string>
}

export const command = {
  name: 'setup',
  says: 'Asks for the settings of one route, step by step, tries them, and writes them to .env (with --stage NAME to .env.NAME).',
  options: {
    stage: { ...stageName, says: 'writes .env.NAME, for a stage on AWS' },
    route: {
      takes: 'NAME',
      says: 'the route, where there are several',
      expects: { pattern: /^[a-z][a-z0-9]*$/, words: 'a name of small letters and digits' },
    },
    code: { takes: '-', says: 'goes on after the sign-in, with its code on stdin' },
    anew: { says: 'forgets what an earlier setup kept' },
    blog: { takes: 'NAME', says: 'the blog, or any address on it' },
    server: { takes: 'ADDRESS', says: 'the server, such as mastodon.social' },
    start: { takes: 'WHEN', says: 'LEVITY_START' },
    reblogs: { takes: 'WHICH', says: 'LEVITY_REBLOGS' },
    'tag-rules': { takes: 'RULES', says: 'LEVITY_TAG_RULES' },
    visibility: { takes: 'WHICH', says: 'LEVITY_VISIBILITY' },
    'alt-text': { takes: 'WHICH', says: 'LEVITY_ALT_TEXT' },
  },
  notes: [
    'Without a terminal: --blog NAME --server ADDRESS, then --code - with the code on stdin.',
    'Secrets come from the environment alone: TUMBLR_CONSUMER_KEY (TUMBLR_CONSUMER_SECRET, TUMBLR_TOKEN, TUMBLR_TOKEN_SECRET), and MASTODON_ACCESS_TOKEN where there is one already.',
  ],
  exits: {
    0: 'done',
    1: 'something is wrong',
    3: 'sign in and go on with --code -',
    130: 'left with Ctrl-C',
  },
} as const satisfies CommandLine

/** The options that are settings. */
const settings = {
  blog: 'TUMBLR_BLOG',
  server: 'MASTODON_URL',
  start: 'LEVITY_START',
  reblogs: 'LEVITY_REBLOGS',
  'tag-rules': 'LEVITY_TAG_RULES',
  visibility: 'LEVITY_VISIBILITY',
  'alt-text': 'LEVITY_ALT_TEXT',
} as const

/** Throws Refusal; undefined where only help is asked for. */
export function readSetupOptions(args: readonly string[]): SetupOptions | undefined {
  const given = readArguments(command, args)?.values
  if (given === undefined) return undefined
  const { stage, route, code, anew } = given
  // Whatever stands there may be the code itself: it is not repeated.
  if (code !== undefined && code !== '-')
    throw mistake(command, '- for --code, and the code itself on stdin,', 'something else')
  const values = Object.entries(settings).flatMap(([option, name]) => {
    const text = given[option as keyof typeof settings]
    return text === undefined ? [] : [[name, readSetting(name, text, `--${option}`)] as const]
  })
  return {
    ...(stage !== undefined && { stage }),
    ...(route !== undefined && { route }),
    codeOnStdin: code !== undefined,
    anew,
    values: new Map(values),
  }
}

/** As it shall stand in the file. Throws Refusal. */
function readSetting(name: (typeof settings)[keyof typeof settings], text: string, option: string): string {
  const read =
    name === 'TUMBLR_BLOG'
      ? parseBlogIdentifier(text)
      : name === 'MASTODON_URL'
        ? readServer(text)
        : text.trim()
  const problem = read === undefined ? expectedOf(name) : findProblem(name, read)
  if (read === undefined || problem !== undefined) throw new Refusal(`${option}: ${problem}`)
  return read
}

const expectedOf = (name: string): string =>
  name === 'TUMBLR_BLOG'
    ? 'Expected the name of a Tumblr blog, or any address on it'
    : 'Expected the address of a server, such as mastodon.social'

/** What is wrong with a value of a setting, in a sentence; undefined where nothing is. */
export function findProblem(name: string, text: string): string | undefined {
  const row = settingRows.get(name)
  if (row === undefined) throw new Error(`Expected the name of a setting but received ${name}`)
  const result = v.safeParse(row, text)
  if (result.success) return undefined
  const sentences = result.issues.map(({ message }) => message)
  return name === 'LEVITY_TAG_RULES' ? sentences.join('; ') : `Expected ${sentences.join('; ')}`
}
