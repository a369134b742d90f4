/** What each variable takes, as one schema: text in, a value out; the message of an issue says what was expected. */
import * as v from 'valibot'
import { parseBlogIdentifier } from './blog.ts'
import type { Start } from './config.ts'
import { defaultTemplate, parseTagRules, type TagRule, visibilities } from './wishes.ts'

/** Text that `read` understands; undefined is a mistake. */
const setting = <T>(expected: string, read: (text: string) => T | undefined) =>
  v.pipe(
    v.string(),
    v.rawTransform<string, T>(({ dataset, addIssue, NEVER }) => {
      const value = read(dataset.value)
      if (value !== undefined) return value
      addIssue({ message: expected })
      return NEVER
    }),
  )

const oneOf = <const T extends string>(...names: readonly T[]) =>
  setting(names.join(', ').replace(/, ([^,]*)$/, ' or $1'), (text) =>
    names.find((name) => name === text.toLowerCase()),
  )

const wholeNumber = (text: string, least: number): number | undefined =>
  /^\d{1,9}$/.test(text) && Number(text) >= least ? Number(text) : undefined

const secret = (expected: string) =>
  setting(`${expected}, without spaces,`, (text) => (/^[\x21-\x7e]+$/.test(text) ? text : undefined))

const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

/** Scheme, host and port alone: whatever else stands in an address would be lost, or is a secret. */
function readOrigin(text: string, plain: 'plain on loopback' | 'never plain'): string | undefined {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return undefined
  const { origin, protocol, hostname, pathname } = new URL(text)
  const safe = protocol === 'https:' || (plain === 'plain on loopback' && loopback.test(hostname))
  return safe && pathname === '/' && !/[?#@]/.test(text) ? origin : undefined
}

function readStart(text: string): Start | undefined {
  const [, word, rest] = /^([a-z]+)(?::(.*))?$/i.exec(text) ?? []
  switch (word?.toLowerCase()) {
    case 'now':
    case 'all':
      return rest === undefined ? { from: word?.toLowerCase() === 'now' ? 'now' : 'all' } : undefined
    case 'last': {
      const count = wholeNumber(rest ?? '', 1)
      return count === undefined ? undefined : { from: 'last', count }
    }
    case 'since': {
      const time = readTime(rest?.trim() ?? '')
      return time === undefined ? undefined : { from: 'since', time }
    }
    default:
      return undefined
  }
}

/** ISO 8601; in UTC where it names no zone, so that it means the same on every machine. */
function readTime(text: string): number | undefined {
  const found = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(Z|[+-]\d\d:\d\d)?)?$/i.exec(text)
  if (found === null) return undefined
  const [, date = '', time = '00:00', zone = 'Z'] = found
  const day = Date.parse(`${date}T00:00Z`)
  // Date takes 30 February for 1 March.
  if (Number.isNaN(day) || new Date(day).toISOString().slice(0, 10) !== date) return undefined
  const moment = Date.parse(`${date}T${time}${zone.toUpperCase()}`)
  return Number.isNaN(moment) ? undefined : moment
}

const unitMs = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
const longestDelayMs = 30 * unitMs.d

function readDelay(text: string): number | undefined {
  if (text === '0') return 0
  const [, count = '', unit = ''] = /^(\d{1,9})\s*([smhd])$/i.exec(text) ?? []
  const ms = Number(count || Number.NaN) * (unitMs[unit.toLowerCase() as keyof typeof unitMs] ?? Number.NaN)
  return ms <= longestDelayMs ? ms : undefined
}

function readHashtags(text: string): number | undefined {
  const word = text.toLowerCase()
  return word === 'all' ? Number.POSITIVE_INFINITY : word === 'none' ? 0 : wholeNumber(text, 0)
}

function readFollow(text: string): { readonly edits: boolean; readonly deletions: boolean } | undefined {
  const words = text.split(',').map((word) => word.trim().toLowerCase())
  if (words.length === 1 && words[0] === 'none') return { edits: false, deletions: false }
  if (!words.every((word) => word === 'edits' || word === 'deletions')) return undefined
  return { edits: words.includes('edits'), deletions: words.includes('deletions') }
}

/** `\n` is how a line break is written where a variable holds one line. */
function readTemplate(text: string): string | undefined {
  const known = /^\{(?:text|link|tags|date|credit)\}$/
  return (text.match(/\{[^{}]*\}/g) ?? []).every((name) => known.test(name))
    ? text.replaceAll('\\n', '\n')
    : undefined
}

/** Two or three letters, and a region where there is one: `pt-BR`. */
function readLanguage(text: string): string | undefined {
  const [, language, region] = /^([a-z]{2,3})(?:[-_]([a-z]{2}))?$/i.exec(text) ?? []
  if (language === undefined) return undefined
  return region === undefined ? language.toLowerCase() : `${language.toLowerCase()}-${region.toUpperCase()}`
}

/** Warnings that the author wrote as tags count unless they are told not to: a rule more must not lose them. */
const withPreset = (rules: readonly TagRule[]): readonly TagRule[] => {
  if (rules.some(({ action }) => action.do === 'no preset'))
    return rules.filter(({ action }) => action.do !== 'no preset')
  return rules.some(({ action }) => action.do === 'preset')
    ? rules
    : [...rules, { tags: [], action: { do: 'preset' } }]
}

const tagRules = v.pipe(
  v.string(),
  v.rawTransform<string, readonly TagRule[]>(({ dataset, addIssue, NEVER }) => {
    const { rules, problems } = parseTagRules(dataset.value)
    for (const problem of problems) addIssue({ message: problem })
    return problems.length === 0 ? withPreset(rules) : NEVER
  }),
)

const tumblrApi = 'https://api.tumblr.com'

/** A required one is an optional one whose default is a mistake. */
export const RouteSettings = v.object({
  TUMBLR_BLOG: v.optional(
    setting('the name or address of a Tumblr blog', (text) => parseBlogIdentifier(text)),
    '',
  ),
  TUMBLR_CONSUMER_KEY: v.optional(secret('the OAuth consumer key of a Tumblr application'), ''),
  TUMBLR_CONSUMER_SECRET: v.optional(secret('the OAuth consumer secret of a Tumblr application')),
  TUMBLR_TOKEN: v.optional(secret('an OAuth token')),
  TUMBLR_TOKEN_SECRET: v.optional(secret('the secret of an OAuth token')),
  TUMBLR_API_URL: v.optional(
    setting('an https:// address without path, user or password', (text) => readOrigin(text, 'never plain')),
    tumblrApi,
  ),
  MASTODON_URL: v.optional(
    setting(
      'the https:// address of a Mastodon server without path, user or password, e.g. https://mastodon.social',
      (text) => readOrigin(text, 'plain on loopback'),
    ),
    '',
  ),
  MASTODON_ACCESS_TOKEN: v.optional(secret('an access token of a Mastodon account'), ''),
  LEVITY_START: v.optional(
    setting('now, last:N, since:DATE (e.g. since:2026-01-31) or all', readStart),
    'now',
  ),
  LEVITY_REBLOGS: v.optional(oneOf('own', 'all', 'none'), 'own'),
  LEVITY_TAG_RULES: v.optional(tagRules, ''),
  LEVITY_SENSITIVE: v.optional(oneOf('auto', 'always', 'never'), 'auto'),
  LEVITY_VISIBILITY: v.optional(oneOf(...visibilities), 'public'),
  LEVITY_LANGUAGE: v.optional(setting('a language code such as en, yue or pt-BR', readLanguage)),
  LEVITY_HASHTAGS: v.optional(setting('all, none or a number', readHashtags), 'all'),
  LEVITY_TEMPLATE: v.optional(
    setting('a text with no placeholders but {text}, {link}, {tags}, {date} and {credit}', readTemplate),
    defaultTemplate,
  ),
  LEVITY_ALT_TEXT: v.optional(oneOf('own', 'caption', 'required'), 'own'),
  LEVITY_DELAY: v.optional(setting('0 or a time such as 30s, 5m or 2h, at most 30d', readDelay), '5m'),
  LEVITY_MAX_POSTS: v.optional(
    setting('a whole number from 1', (text) => wholeNumber(text, 1)),
    '20',
  ),
  LEVITY_FOLLOW: v.optional(setting('none, edits, deletions or edits,deletions', readFollow), 'none'),
})

export type RouteValues = v.InferOutput<typeof RouteSettings>

export const routeVariables: readonly string[] = Object.keys(RouteSettings.entries)

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html */
export const TableSetting = setting('the name of a DynamoDB table (3 to 255 of A-Z a-z 0-9 _ . -)', (text) =>
  /^[A-Za-z0-9_.-]{3,255}$/.test(text) ? text : undefined,
)

export const isSecret = (variable: string): boolean => /(?:CONSUMER_KEY|_SECRET|_TOKEN)$/.test(variable)
