/** The arguments of `npm run setup`. None is a secret: every list of processes would show it. */
import { plainHelpOf } from '../../src/core/config/row.ts'
import { RouteSettings } from '../../src/core/config/settings.ts'
import { type CommandLine, mistake, readArguments, stageName } from '../terminal/arguments.ts'
import { readTyped } from './typed.ts'

export type SetupOptions = {
  readonly stage?: string
  readonly route?: string
  /** Whether the code of the sign-in comes on stdin. */
  readonly codeOnStdin: boolean
  /** Forgets the answers that an earlier setup saved. */
  readonly anew: boolean
  /** By the names of the variables. */
  readonly values: ReadonlyMap<string, string>
}

const { run, tumblr, wishes } = RouteSettings.entries

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
    anew: { says: 'forgets the answers that an earlier setup saved' },
    blog: { takes: 'NAME', says: plainHelpOf(tumblr.entries.blog.about) },
    server: { takes: 'ADDRESS', says: 'the server your account is on, such as mastodon.social' },
    start: { takes: 'WHEN', says: plainHelpOf(run.entries.start.about) },
    reblogs: { takes: 'WHICH', says: plainHelpOf(wishes.entries.reblogs.about) },
    'tag-rules': { takes: 'RULES', says: plainHelpOf(wishes.entries.tagRules.about) },
    visibility: { takes: 'WHICH', says: plainHelpOf(wishes.entries.visibility.about) },
    'alt-text': { takes: 'WHICH', says: plainHelpOf(wishes.entries.altText.about) },
  },
  notes: [
    'Without a terminal: --blog NAME --server ADDRESS, then --code - with the code on stdin.',
    'Secrets come only from the environment: TUMBLR_CONSUMER_KEY (TUMBLR_CONSUMER_SECRET, TUMBLR_TOKEN, TUMBLR_TOKEN_SECRET), and MASTODON_ACCESS_TOKEN if there is one already.',
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

/** Throws Refusal; undefined if only help is asked for. */
export function readSetupOptions(args: readonly string[]): SetupOptions | undefined {
  const given = readArguments(command, args)?.values
  if (given === undefined) return undefined
  const { stage, route, code, anew } = given
  // The value may be the code itself, so it is not repeated.
  if (code !== undefined && code !== '-')
    throw mistake(command, '- for --code, and the code itself on stdin,', 'something else')
  const values = Object.entries(settings).flatMap(([option, name]) => {
    const text = given[option as keyof typeof settings]
    return text === undefined ? [] : [[name, readTyped(name, text, `--${option}`)] as const]
  })
  return {
    ...(stage !== undefined && { stage }),
    ...(route !== undefined && { route }),
    codeOnStdin: code !== undefined,
    anew,
    values: new Map(values),
  }
}
