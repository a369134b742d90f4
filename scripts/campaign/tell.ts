/** A scene in words: numbered sentences in the order of time. */
import {
  type Act,
  type At,
  day,
  hour,
  minute,
  type Post,
  type Run,
  type Scene,
  type Sky,
  second,
  type Weather,
} from './scene.ts'

type Line = { readonly at: number; readonly says: string }

export function tell(scene: Scene): readonly string[] {
  const lines: Line[] = [
    ...scene.posts.flatMap(tellPost),
    ...tellRuns(scene.runs),
    ...scene.weather.map(tellWeather),
    ...scene.acts.map(tellAct),
  ]
  return [
    ...tellPlace(scene),
    ...lines.toSorted((a, b) => a.at - b.at).map(({ at, says }) => `${clock(at)}: ${says}`),
    'Then all weather is over, and runs come an hour apart until nothing is left to do.',
  ].map((line, n) => `${n + 1}. ${line}`)
}

/** Hours and minutes after the beginning; days before it. */
function clock(at: At): string {
  if (at < -2 * hour) return `${Math.round(-at / day)} days before`
  const minutes = Math.max(0, Math.round(at / minute))
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`
}

function span(ms: number): string {
  if (ms < 2 * minute) return `${Math.round(ms / second)} s`
  if (ms < 2 * hour) return `${Math.round(ms / minute)} min`
  return ms < 2 * day ? `${Math.round(ms / hour)} h` : `${Math.round(ms / day)} days`
}

function tellPlace({
  ledger,
  server,
  pace,
  old,
  archive,
  follow,
  deletions,
  twoRoutes,
  withLink,
}: Scene): readonly string[] {
  const traits = Object.entries(server).map(
    ([name, value]) => `${name} ${/ms|life|late/i.test(name) ? span(Number(value)) : value}`,
  )
  return [
    ...(ledger === 'sqlite' ? ['The ledger is a file (SQLite).'] : []),
    ...(traits.length > 0 ? [`The server's traits: ${traits.join(', ')}.`] : []),
    ...(pace.upload >= 10 * second ? [`An upload takes ${span(pace.upload)}.`] : []),
    ...(old > 2 ? [`The blog has ${old} posts from before, without images.`] : []),
    ...(twoRoutes ? ['A second route posts another blog to the same account.'] : []),
    ...(archive ? ['The archive is wanted too (LEVITY_START=all).'] : []),
    ...(follow ? ['Edits are followed (LEVITY_FOLLOW=edits).'] : []),
    ...(deletions ? ['Deletions are followed (LEVITY_FOLLOW=deletions).'] : []),
    ...(withLink ? [] : ['The template has no link.']),
  ]
}

const spoilt = {
  missing: 'one of them answers 404 for ever',
  'no image': 'one of them is no image',
  elsewhere: 'one of them is on a foreign host',
} as const

function tellPost(post: Post): readonly Line[] {
  const { key, at, images, length, dated } = post
  const more = [
    ...(dated === undefined ? [] : [`dated ${span(Math.abs(dated))} ${dated < 0 ? 'back' : 'ahead'}`]),
    ...(post.spoilt ? [spoilt[post.spoilt]] : []),
    ...(post.other ? ['on the second blog'] : []),
    ...(post.pinned ? ['pinned'] : []),
    ...(post.unreadable ? ['its blocks cannot be read'] : []),
    ...(post.huge ? ['its width is said to be 2^53'] : []),
    ...(length > 100 ? [`${length} characters long`] : []),
  ]
  const says = `Post ${key} is published with ${images === 1 ? 'an image' : `${images} images`}${more.map((one) => `, ${one}`).join('')}.`
  return [
    { at, says },
    ...(post.hidden
      ? [
          { at: post.hidden.from, says: `Post ${key} is made private.` },
          { at: post.hidden.until, says: `Post ${key} is made public again.` },
        ]
      : []),
    ...(post.edited === undefined ? [] : [{ at: post.edited, says: `Post ${key} is edited.` }]),
    ...(post.deleted === undefined ? [] : [{ at: post.deleted, says: `Post ${key} is deleted on Tumblr.` }]),
  ]
}

function tellRuns(runs: readonly Run[]): readonly Line[] {
  const plain = runs.filter(
    ({ fate, ahead, ask }) => fate === undefined && ahead === undefined && ask === undefined,
  )
  const short = Math.min(...plain.map(({ life = Number.POSITIVE_INFINITY }) => life))
  const lives = short < 5 * minute ? ` of ${span(short)} each` : ''
  const times = plain.map(({ at }) => clock(at))
  const [first] = plain
  const row: Line[] = first
    ? [
        {
          at: first.at,
          says: plain.length === 1 ? 'A run.' : `Runs${lives}, now and at ${times.slice(1).join(', ')}.`,
        },
      ]
    : []
  return [
    ...row,
    ...runs.filter((run) => !plain.includes(run)).map((run) => ({ at: run.at, says: tellRun(run) })),
  ]
}

const count = (nth: number): string => ['first', 'second', 'third'][nth - 1] ?? `${nth}th`

const clocks = {
  'goes on': '',
  'stands still': ' (its monotonic clock stands still meanwhile)',
  'set back': ' (its wall clock is set back meanwhile)',
} as const

function tellAsk(ask: NonNullable<Run['ask']>): string {
  switch (ask.do) {
    case 'post':
      return `A run by hand, of post ${ask.post},`
    case 'again':
      return `A run by hand, of copy ${ask.copy} of post ${ask.post},`
    case 'retry':
      return 'A run by hand, which retries what is parked,'
  }
}

function tellRun({ life, ahead = 0, fate, process: inProcess, ask }: Run): string {
  const person = ask && tellAsk(ask)
  if (person !== undefined && fate === undefined) return `${person.slice(0, -1)}.`
  const where = inProcess ? 'A process' : life === undefined ? 'A run on a person’s machine' : 'A run'
  const whose = person ?? where
  const off = ahead === 0 ? '' : ` whose clock is ${span(Math.abs(ahead))} ${ahead > 0 ? 'ahead' : 'behind'}`
  if (fate === undefined) return `${whose}${off}.`
  const call = fate.sending
    ? `${count(fate.nth)} write that says it sends`
    : `${count(fate.nth)} call to ${fate.service}`
  const moment = `${fate.when} its ${call}`
  if (fate.is === 'killed')
    return `${whose}${off} is killed ${moment} is ${fate.when === 'before' ? 'acted on' : 'answered'}.`
  return `${whose}${off} stands still ${fate.when === 'before' ? moment : `at the answer to its ${call}`} for ${span(fate.ms)}, and goes on${clocks[fate.clock]}.`
}

function tellWeather(weather: Weather): Line {
  const { doors, sky, from, until, times, post } = weather
  const whom = post === undefined ? '' : ` about post ${post}`
  const long =
    times === undefined
      ? `for ${span(until - from)}`
      : `for the next ${times === 1 ? 'call' : `${times} calls`}`
  const where = doors.length > 3 ? 'all of the server' : doors.join(' and ')
  return { at: from, says: `${where[0]?.toUpperCase()}${where.slice(1)}${whom}: ${long}, ${tellSky(sky)}.` }
}

function tellSky(sky: Sky): string {
  const acted =
    'when' in sky ? (sky.when === 'before' ? ', and nothing is done' : ', though it was done') : ''
  switch (sky.is) {
    case 'answer':
      return `the answer is ${sky.status} in ${sky.form}${acted}`
    case 'reset':
      return `the connection is reset${acted}`
    case 'slow':
      return `no answer comes within the deadline${acted}`
    case 'empty page':
      return 'the page has no posts'
    case 'short page':
      return 'the page has half of its posts'
    case 'broken page':
      return 'the page breaks off'
    case 'throttled':
      return 'it throttles'
    case 'unprocessed':
      return 'it leaves all keys of a batch undone'
    case 'stale':
      return 'a read that does not ask for consistency is three writes behind'
  }
}

const withImages = ({ images = 0 }: { readonly images?: number }): string =>
  images === 0 ? '' : ` with ${images === 1 ? 'an image' : `${images} images`}`

function tellAct(act: Act): Line {
  const { at } = act
  switch (act.do) {
    case 'limit': {
      const what =
        act.characters === undefined ? `${act.attachments} attachments` : `${act.characters} characters`
      return { at, says: `The server takes only ${what} for ${span(act.until - at)}.` }
    }
    case 'drop':
      return { at, says: 'The next status is dropped in silence.' }
    case 'lose an attachment':
      return { at, says: 'The next status comes out with an image fewer.' }
    case 'ban the hashtag':
      return { at, says: 'The server refuses the hashtag of all posts from now on.' }
    case 'lose the ledger':
      return { at, says: 'The ledger is lost, and an empty one takes its place.' }
    case 'write':
      return {
        at,
        says: `The owner writes a status${withImages(act)}${act.link ? ' and a link to the newest post' : ''}.`,
      }
    case 'copy':
      return {
        at,
        says: `The owner writes a status${withImages(act)} and the very words of the newest post.`,
      }
    case 'edit':
      return { at, says: 'The owner edits the newest thread.' }
    case 'delete':
      return { at, says: 'The owner deletes the newest thread.' }
  }
}
