/** All settings, one row each (those of the accounts in accounts.ts). `npm run format` prints them into `.env.example` and the README. */
import * as v from 'valibot'
import { MastodonSettings, TumblrSettings } from './accounts.ts'
import { choice, optional, type SettingRow, text, withDefault } from './row.ts'
import { TagRules } from './tag-rules.ts'
import * as read from './values.ts'

/** The settings of a route, by the names that the code has for them. */
export const RouteSettings = v.object({
  tumblr: TumblrSettings,
  mastodon: MastodonSettings,
  run: v.object({
    start: withDefault(
      {
        name: 'LEVITY_START',
        help: 'which posts to begin with',
        words: {
          now: 'only those that come from now on',
          'last:N': 'the newest N, and all that come',
          'since:2026-01-31': 'those since that day in UTC, and all that come',
          all: 'every post there is, oldest first',
        },
      },
      'now',
      text('now, last:N, since:DATE (e.g. since:2026-01-31) or all', read.readStart),
    ),
    /** Ms a fresh post waits. */
    delayMs: withDefault(
      {
        name: 'LEVITY_DELAY',
        help: 'how long a fresh post waits, in case its author has second thoughts: `0`, `30s`, `5m`, `2h`, at most `30d`',
      },
      '5m',
      text('0 or a time such as 30s, 5m or 2h, at most 30d', read.readDelay),
    ),
    maxPosts: withDefault(
      { name: 'LEVITY_MAX_POSTS', help: 'how many posts a run publishes at most' },
      '20',
      text('a whole number from 1', (typed) => read.wholeNumber(typed, 1)),
    ),
    follow: withDefault(
      {
        name: 'LEVITY_FOLLOW',
        help: 'what to carry over when a post changes on Tumblr after it was posted',
        words: { none: '', edits: '', deletions: '', 'edits,deletions': '' },
      },
      'none',
      text('none, edits, deletions or edits,deletions', read.readFollow),
    ),
  }),
  wishes: v.object({
    /** Which images of a reblog count. */
    reblogs: choice(
      {
        name: 'LEVITY_REBLOGS',
        help: 'which images of reblogs count',
        words: { own: 'those the blog added', all: 'all of them, with credit', none: 'no reblogs at all' },
      },
      'own',
    ),
    tagRules: withDefault(
      {
        name: 'LEVITY_TAG_RULES',
        help: 'what the tags of a post do: `cw:TEXT`, `skip`, `only`, `sensitive`, `unlisted`, `private` or `direct`; tags such as `cw blood`, `tw: blood` and `nsfw` count as warnings unless `no preset` is among the rules',
        example: 'nsfw=cw:Nudity; "wip; old"=skip; sketch=unlisted; selfie=sensitive',
        unset: 'only the warnings among the tags',
      },
      '',
      TagRules,
    ),
    sensitive: choice(
      {
        name: 'LEVITY_SENSITIVE',
        help: 'whether images are hidden',
        words: {
          auto: 'where the blog or a tag says so',
          always: '',
          never: 'only behind a content warning',
        },
      },
      'auto',
    ),
    visibility: choice(
      {
        name: 'LEVITY_VISIBILITY',
        help: 'who may see the statuses',
        words: {
          public: 'everyone',
          unlisted: 'everyone, but not in the public timelines',
          private: 'followers only',
          direct: 'nobody but the account itself, to try it out',
        },
      },
      'public',
    ),
    /** ISO 639 code; left out where unknown, for some servers refuse a wrong one. */
    language: optional(
      {
        name: 'LEVITY_LANGUAGE',
        help: 'the language of the posts, such as `en` or `pt-BR`',
        example: 'en',
        unset: 'left to the server',
      },
      text('a language code such as en, yue or pt-BR', read.readLanguage),
    ),
    /** How many at most; Infinity is all. */
    hashtags: withDefault(
      {
        name: 'LEVITY_HASHTAGS',
        help: "how many of a post's tags become hashtags: `all`, `none` or a number",
      },
      'all',
      text('all, none or a number', read.readHashtags),
    ),
    /** A line that is empty once it is filled in is left out. */
    template: withDefault(
      {
        name: 'LEVITY_TEMPLATE',
        help: 'the text of a status, made of `{text}`, `{link}`, `{tags}`, `{date}` and `{credit}`; `\\n` is a line break, and a line that comes out empty is left out',
      },
      '{text}\\n\\n{credit}\\n\\n{link}\\n\\n{tags}',
      text('a text with no placeholders but {text}, {link}, {tags}, {date} and {credit}', read.readTemplate),
    ),
    altText: choice(
      {
        name: 'LEVITY_ALT_TEXT',
        help: 'what to do where an image has no alt text',
        words: {
          own: 'post it as it is',
          caption: "take the image's caption",
          required: 'wait until all images of the post have one on Tumblr',
        },
      },
      'own',
    ),
  }),
})

/** The settings that all routes share. */
export const SharedSettings = v.object({
  table: withDefault(
    { name: 'LEVITY_TABLE', help: "the name of the ledger's DynamoDB table", shared: true },
    'levity',
    // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
    text('the name of a DynamoDB table (3 to 255 of A-Z a-z 0-9 _ . -)', (typed) =>
      /^[A-Za-z0-9_.-]{3,255}$/.test(typed) ? typed : undefined,
    ),
  ),
  /** `parseRouteNames` reads them. */
  routes: optional(
    {
      name: 'LEVITY_ROUTES',
      help: 'the names of the routes, where there are several blogs or accounts',
      example: 'art,photos',
      unset: 'one route, `main`',
      shared: true,
    },
    v.string(),
  ),
})

export type RouteValues = v.InferOutput<typeof RouteSettings>

/** What the owner of a route wants of it, beyond the two accounts. */
export type Wishes = Readonly<RouteValues['wishes']>

const groups: readonly { readonly entries: Readonly<Record<string, SettingRow>> }[] = [
  ...Object.values(RouteSettings.entries),
  SharedSettings,
]

/** Every row, by the name of its variable. */
export const settingRows: ReadonlyMap<string, SettingRow> = new Map(
  groups.flatMap(({ entries }) => Object.values(entries).map((row) => [row.about.name, row] as const)),
)

/** The names of those that a route may have for itself. */
export const routeVariables: readonly string[] = [...settingRows.values()].flatMap(({ about }) =>
  about.shared ? [] : [about.name],
)

const secrets = [...settingRows.values()].flatMap(({ about }) => (about.secret ? [about.name] : []))

/** Whether nobody may see its value. The form counts too: a name that no row has may be a secret's, with a typing mistake. */
export const isSecret = (variable: string): boolean =>
  secrets.some((name) => variable === name || variable.endsWith(`_${name}`)) ||
  /(?:CONSUMER_KEY|_SECRET|_TOKEN)$/.test(variable)
