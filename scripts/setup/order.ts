/** What `npm run setup` is asked for on its command line. Secrets never stand there: they would show in every list of processes. */
import { parseArgs } from 'node:util'
import * as v from 'valibot'
import { parseBlogIdentifier } from '../../src/core/config/blog.ts'
import { RouteSettings } from '../../src/core/config/settings.ts'
import { Refusal } from '../terminal/refusal.ts'
import { isStageName } from '../terminal/stage-name.ts'
import { readServer } from './server-address.ts'

export type Order = {
  readonly stage?: string
  readonly route?: string
  /** The code of the sign-in comes on stdin. */
  readonly codeOnStdin: boolean
  /** What was kept of an earlier setup is forgotten. */
  readonly anew: boolean
  /** By the names of the settings. */
  readonly values: ReadonlyMap<string, string>
}

export const usage = `npm run setup                       asks, step by step
npm run setup -- --stage prod       the same for .env.prod
without a terminal: --blog NAME --server ADDRESS, then --code - with the code on stdin
more: --route NAME, --anew, --start, --reblogs, --tag-rules, --visibility, --alt-text
secrets, from the environment alone: TUMBLR_CONSUMER_KEY (TUMBLR_CONSUMER_SECRET, TUMBLR_TOKEN, TUMBLR_TOKEN_SECRET),
and MASTODON_ACCESS_TOKEN where there is one already
exit code 0: done, 1: something is wrong, 3: sign in and go on with --code -, 130: left with Ctrl-C`

const options = {
  stage: { type: 'string' },
  route: { type: 'string' },
  code: { type: 'string' },
  anew: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  blog: { type: 'string' },
  server: { type: 'string' },
  start: { type: 'string' },
  reblogs: { type: 'string' },
  'tag-rules': { type: 'string' },
  visibility: { type: 'string' },
  'alt-text': { type: 'string' },
} as const

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
export function readOrder(args: readonly string[]): Order | undefined {
  const given = parse(args)
  if (given.help === true) return undefined
  const { stage, route, code, anew = false } = given
  if (stage !== undefined && !isStageName(stage))
    throw refuse('a stage of at most 20 small letters, digits and hyphens', '--stage', stage)
  if (route !== undefined && !/^[a-z][a-z0-9]*$/.test(route))
    throw refuse('a name of small letters and digits', '--route', route)
  if (code !== undefined && code !== '-')
    throw new Refusal('Expected - for --code, and the code itself on stdin, but received something else')
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

function parse(args: readonly string[]): ReturnType<typeof parseArgs<{ options: typeof options }>>['values'] {
  try {
    return parseArgs({ args: [...args], options }).values
  } catch (error) {
    const [sentence = ''] = (error instanceof Error ? error.message : String(error)).split('. ')
    throw new Refusal(`${sentence} (npm run setup -- --help shows all there is)`)
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
export function findProblem(name: keyof typeof RouteSettings.entries, text: string): string | undefined {
  const result = v.safeParse(RouteSettings.entries[name], text)
  if (result.success) return undefined
  const sentences = result.issues.map(({ message }) => message)
  return name === 'LEVITY_TAG_RULES' ? sentences.join('; ') : `Expected ${sentences.join('; ')}`
}

const refuse = (expected: string, name: string, received: string): Refusal =>
  new Refusal(`Expected ${expected} for ${name} but received ${JSON.stringify(received)}`)
