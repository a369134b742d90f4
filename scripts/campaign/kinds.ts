/** What a scene can be made of, each by its name. A weather of the campaign's that is missing is added here. */
import { anyOf, type Draft, type Kind, nearPost } from './draft.ts'
import type { Random } from './random.ts'
import {
  type Door,
  day,
  type Form,
  hour,
  type Moment,
  minute,
  type Post,
  type Run,
  type Sky,
  second,
  type Weather,
} from './scene.ts'

const forms = ['JSON', 'text', 'HTML'] as const satisfies readonly Form[]
const ofMastodon = [
  'uploads',
  'creates',
  'a status',
  'lists of statuses',
  'looks at media',
  'the account and the limits',
] as const satisfies readonly Door[]
const ofTumblr = ['a page of Tumblr', 'a post of Tumblr'] as const satisfies readonly Door[]

type Length = 'once' | 'an hour' | 'a day'

function over(draft: Draft, random: Random, length: Length): Pick<Weather, 'from' | 'until' | 'times'> {
  const from = nearPost(draft, random)
  if (length === 'once') return { from, until: from + hour, times: random.int(1, 3) }
  return { from, until: from + (length === 'an hour' ? hour : day + random.int(0, 4) * hour) }
}

const lengthOf = (random: Random): Length =>
  random.chance(0.4) ? 'once' : random.chance(0.5) ? 'an hour' : 'a day'

const brokenAnswer = (random: Random): Sky => ({
  is: 'answer',
  status: random.pick([500, 502, 503, 504]),
  form: random.pick(forms),
  when: random.chance(0.7) ? 'before' : 'after',
})

const nextKey = ({ posts }: Draft): number => Math.max(...posts.map(({ key }) => key)) + 1

/** Weather over these doors, that answers every call so. */
const weather = (
  choose: (random: Random) => readonly Door[],
  sky: (random: Random) => Sky,
  length: (random: Random) => Length = lengthOf,
): Kind => ({
  phase: 'outside',
  draw: (draft, random) => {
    draft.weather.push({ doors: choose(random), sky: sky(random), ...over(draft, random, length(random)) })
  },
})

const onePostAlone = (doors: readonly [Door, ...Door[]], sky: (random: Random) => Sky): Kind => ({
  phase: 'outside',
  draw: (draft, random) => {
    const post = anyOf(random, draft.posts)
    if (post === undefined) return
    const until = post.at + (random.chance(0.5) ? hour : day)
    draft.weather.push({
      doors: [random.pick(doors)],
      sky: sky(random),
      from: post.at,
      until,
      post: post.key,
    })
  },
})

const server = (options: (random: Random) => Draft['server']): Kind => ({
  phase: 'outside',
  draw: (draft, random) => {
    draft.server = { ...draft.server, ...options(random) }
  },
})

const post = (
  change: (draft: Draft, random: Random, at: number) => Partial<Draft['posts'][number]>,
): Kind => ({
  phase: 'blog',
  draw: (draft, random) => {
    const which = random.int(0, draft.posts.length - 1)
    draft.posts = draft.posts.map((one, n) =>
      n === which ? { ...one, ...change(draft, random, one.at) } : one,
    )
  },
})

/** Changes the run that first sees a post, where most happens, or the next one, or any. */
const aRun = (change: (run: Run, random: Random) => readonly Run[]): Kind => ({
  phase: 'runs',
  draw: (draft, random) => {
    const post = anyOf(random, draft.posts)
    const first = draft.runs.findIndex((run) => run.at >= (post?.at ?? 0))
    const seeing = first + random.pick([0, 0, 0, 0, 1])
    const which = first >= 0 && random.chance(0.9) ? seeing : random.int(0, draft.runs.length - 1)
    draft.runs = draft.runs.flatMap((run, n) => (n === which ? change(run, random) : [run]))
  },
})

/** A run by hand some time after a post; it may be killed, and the event may come twice. */
const byHand = (ask: (post: Post) => NonNullable<Run['ask']>): Kind => ({
  phase: 'runs',
  draw: (draft, random) => {
    const post = anyOf(random, draft.posts)
    if (post === undefined) return
    const at = Math.max(0, post.at) + random.int(1, 300) * minute
    const run: Run = { at, life: 15 * minute, ask: ask(post) }
    const killed: Run = { ...run, fate: { ...anyMoment(random), is: 'killed' } }
    draft.runs.push(random.chance(0.3) ? killed : run)
    if (random.chance(0.4)) draft.runs.push({ ...run, at: at + random.int(0, 10) * minute })
    draft.runs = draft.runs.toSorted((a, b) => a.at - b.at)
  },
})

const mostCalls = { tumblr: 2, pictures: 4, mastodon: 10, dynamodb: 12 } as const

function anyMoment(random: Random): Moment {
  const service = random.pick([
    'dynamodb',
    'mastodon',
    'mastodon',
    'dynamodb',
    'dynamodb',
    'tumblr',
    'pictures',
  ])
  // A short post has few calls; a thread many.
  const nth = random.int(1, Math.ceil(mostCalls[service] * random.pick([0.5, 1])))
  return { service, nth, when: random.chance(0.5) ? 'before' : 'after' }
}

const act = (more: (draft: Draft, random: Random, at: number) => Draft['acts'][number]): Kind => ({
  phase: 'outside',
  draw: (draft, random) => {
    draft.acts.push(more(draft, random, nearPost(draft, random)))
  },
})

export const kinds = {
  'a burst': {
    phase: 'blog',
    draw: (draft, random) => {
      const at = random.int(0, 60) * minute
      const count = random.chance(0.1) ? random.int(21, 26) : random.int(4, 9)
      const first = nextKey(draft)
      for (let n = 0; n < count; n++)
        draft.posts.push({ key: first + n, at: at + n * random.int(0, 5) * second, images: 1, length: 30 })
    },
  },
  'a thread of many images': post((_, random) => ({ images: random.int(8, 14) })),
  'back-dated': {
    phase: 'blog',
    draw: (draft, random) => {
      if (random.chance(0.5)) draft.old = random.int(22, 30)
      const which = random.int(0, draft.posts.length - 1)
      const dated = -random.int(1, 500) * (random.chance(0.5) ? hour : day)
      draft.posts = draft.posts.map((one, n) => (n === which ? { ...one, dated } : one))
    },
  },
  'dated ahead': post((_, random) => ({ dated: random.int(1, 60) * hour })),
  'hidden and shown': post((draft, random, at) => {
    const from = at + random.int(1, 90) * minute
    // Something keeps it waiting, so that it is hidden while it waits.
    if (random.chance(0.5))
      draft.weather.push({ doors: ['uploads'], sky: brokenAnswer(random), from: at, until: from + hour })
    return { hidden: { from, until: from + random.int(10, 240) * minute } }
  }),
  pinned: post(() => ({ pinned: true })),
  'a width beyond numbers': post(() => ({ huge: true })),
  'a post that cannot be read': {
    phase: 'blog',
    draw: (draft, random) => {
      const at = random.int(0, draft.span / minute) * minute
      const more = random.chance(0.2) ? { deleted: at + random.int(10, 200) * minute } : {}
      draft.posts.push({ key: nextKey(draft), at, images: 1, length: 30, unreadable: true, ...more })
    },
  },
  'edits are followed': post((draft, random, at) => {
    draft.follow = true
    return { edited: at + random.int(10, 300) * minute }
  }),
  'deletions are followed': post((draft, random, at) => {
    draft.deletions = true
    const from = at + random.int(10, 300) * minute
    return random.chance(0.5) ? { deleted: from } : { hidden: { from, until: from + hour / 2 } }
  }),
  'an archive': {
    phase: 'blog',
    draw: (draft, random) => {
      draft.archive = true
      draft.old = random.chance(0.5) ? random.int(18, 30) : 2
      const first = nextKey(draft)
      for (let n = random.int(2, 6); n > 0; n--)
        draft.posts.push({
          key: first + n,
          at: -n * random.int(3, 5) * day,
          images: random.int(1, 2),
          length: 30,
        })
    },
  },
  'deleted on Tumblr': post((_, random, at) => ({ deleted: at + random.int(1, 180) * minute })),
  'an image that is gone': post(() => ({ spoilt: 'missing' })),
  'an image that is none': post(() => ({ spoilt: 'no image' })),
  'an image from elsewhere': post(() => ({ spoilt: 'elsewhere' })),
  'a template without a link': {
    phase: 'blog',
    draw: (draft) => {
      draft.withLink = false
    },
  },

  'Mastodon is out': weather(() => ofMastodon, brokenAnswer),
  'one door of Mastodon is out': weather((random) => [random.pick(ofMastodon)], brokenAnswer),
  'creates are out': weather(() => ['creates'], brokenAnswer),
  'uploads are out': weather(() => ['uploads'], brokenAnswer),
  'uploads are too large': weather(
    () => ['uploads'],
    (random) => ({ is: 'answer', status: 413, form: random.pick(['HTML', 'text']), when: 'before' }),
  ),
  'the image host is out': weather(() => ['the image host'], brokenAnswer),
  'Tumblr is out': weather(() => ofTumblr, brokenAnswer),
  'connections are reset': weather(
    (random) => [random.pick([...ofMastodon, 'creates', 'the image host', ...ofTumblr])],
    (random) => ({ is: 'reset', when: random.chance(0.5) ? 'before' : 'after' }),
  ),
  'answers are slow': weather(
    (random) => [random.pick([...ofMastodon, 'creates', 'the image host', ...ofTumblr])],
    (random) => ({ is: 'slow', when: random.chance(0.5) ? 'before' : 'after' }),
  ),
  'too many requests': weather(
    (random) => [random.pick([...ofMastodon, 'the image host', ...ofTumblr])],
    (random) => ({ is: 'answer', status: 429, form: random.pick(forms), when: 'before' }),
  ),
  'one post alone is refused': onePostAlone(['uploads', 'creates', 'the image host', 'a status'], (random) =>
    random.chance(0.5)
      ? brokenAnswer(random)
      : { is: 'answer', status: random.pick([400, 413, 422]), form: random.pick(forms), when: 'before' },
  ),
  'a post is not found': {
    phase: 'outside',
    draw: (draft, random) => {
      const one = anyOf(random, draft.posts)
      if (one === undefined) return
      draft.weather.push({
        doors: ['a post of Tumblr'],
        sky: { is: 'answer', status: 404, form: 'JSON', when: 'before' },
        ...{ from: one.at, until: one.at + day, times: 1, post: one.key },
      })
      // Asked for by its id when it waits: something must keep it waiting.
      draft.weather.push({
        doors: [random.pick(['uploads', 'creates', 'the image host'])],
        sky: { is: 'reset', when: 'before' },
        ...{ from: one.at, until: one.at + hour, times: random.int(1, 3) },
      })
    },
  },
  'a page is empty': weather(
    () => ['a page of Tumblr'],
    () => ({ is: 'empty page' }),
  ),
  'a page is short': weather(
    () => ['a page of Tumblr'],
    () => ({ is: 'short page' }),
  ),
  'a page is broken': weather(
    () => ['a page of Tumblr'],
    () => ({ is: 'broken page' }),
  ),

  'the ledger throttles': weather(
    (random) => [random.pick(['reads of the ledger', 'writes of the ledger'])],
    () => ({ is: 'throttled' }),
    (random) => (random.chance(0.8) ? 'once' : 'an hour'),
  ),
  'the ledger writes and does not say so': weather(
    () => ['writes of the ledger'],
    (random) =>
      random.chance(0.5)
        ? { is: 'reset', when: 'after' }
        : { is: 'answer', status: 500, form: 'JSON', when: 'after' },
    () => 'once',
  ),
  'the ledger is out': weather(
    () => ['reads of the ledger', 'writes of the ledger'],
    () => ({ is: 'answer', status: 500, form: 'JSON', when: 'before' }),
    (random) => (random.chance(0.5) ? 'once' : 'an hour'),
  ),
  'the ledger leaves keys undone': weather(
    () => ['reads of the ledger'],
    () => ({ is: 'unprocessed' }),
    () => 'once',
  ),
  'the ledger has replicas': {
    phase: 'outside',
    draw: (draft) => {
      draft.weather.push({
        doors: ['reads of the ledger', 'writes of the ledger'],
        sky: { is: 'stale' },
        ...{ from: -2 * hour, until: 4 * draft.span },
      })
    },
  },

  'a server without keys': server(() => ({ idempotency: 'none' })),
  'a server with racy keys': server(() => ({ idempotency: 'racy' })),
  'a server whose keys break on a repeat': server(() => ({ idempotency: 'broken' })),
  'a server that shares keys': server(() => ({ idempotency: 'keyed-alone' })),
  'a server that drops unknown media': server(() => ({ unknownMedia: 'drop' })),
  'a server that attaches media twice': server(() => ({ unknownMedia: 'twice', attachedMediaVisible: true })),
  'another kind of server': server((random) => ({
    software: random.pick(['gotosocial', 'hollo', 'snac', 'pleroma']),
  })),
  'creates land late': {
    phase: 'outside',
    draw: (draft, random) => {
      draft.server = { ...draft.server, landLate: random.int(10, 480) * second }
      const when = random.chance(0.5) ? 'before' : 'after'
      draft.weather.push({ doors: ['creates'], sky: { is: 'slow', when }, ...over(draft, random, 'once') })
    },
  },
  'media vanish': {
    phase: 'outside',
    draw: (draft, random) => {
      const long = random.chance(0.3)
      draft.server = { ...draft.server, mediaLife: long ? day : hour }
      const from = nearPost(draft, random)
      draft.weather.push({
        doors: ['creates', 'lists of statuses'],
        sky: random.chance(0.5) ? { is: 'reset', when: 'before' } : brokenAnswer(random),
        ...{ from, until: from + (long ? 26 : random.int(1, 3)) * hour },
      })
    },
  },
  'images take their time': server((random) => ({ processing: random.int(1, 2) })),
  'a status is dropped in silence': act((_, __, at) => ({ at, do: 'drop', creates: 1 })),
  'an attachment is lost': act((_, __, at) => ({ at, do: 'lose an attachment' })),
  'statuses show late': server((random) => ({ showLate: random.int(1, 30) * minute })),
  'a lower limit of characters': act((_, random, at) => ({
    ...{ at, do: 'limit', characters: random.int(120, 300) },
    until: at + random.int(2, 30) * hour,
  })),
  'a lower limit of attachments': act((draft, random, at) => {
    const which = random.int(0, draft.posts.length - 1)
    draft.posts = draft.posts.map((one, n) => (n === which ? { ...one, images: random.int(3, 5) } : one))
    return { at, do: 'limit', attachments: random.int(1, 3), until: at + random.int(2, 30) * hour }
  }),
  'a banned hashtag': act((draft, random, at) => {
    if (random.chance(0.4)) draft.server = { ...draft.server, idempotency: 'keyed-alone' }
    if (random.chance(0.5)) draft.server = { ...draft.server, locale: 'de' }
    return { at, do: 'ban the hashtag' }
  }),
  'slow uploads': {
    phase: 'outside',
    draw: (draft, random) => {
      draft.pace.upload = random.int(10, 40) * second
    },
  },

  'two routes to one account': {
    phase: 'blog',
    draw: (draft, random) => {
      draft.twoRoutes = true
      const first = nextKey(draft)
      for (let n = random.int(1, 3); n > 0; n--) {
        const at = random.int(0, draft.span / 2 / minute) * minute
        draft.posts.push({ key: first + n, at, images: random.int(1, 5), length: 30, other: true })
      }
    },
  },
  'a lost ledger': {
    phase: 'outside',
    draw: (draft, random) => {
      // Old posts are asked for, so that those that stand there would come again.
      draft.archive = true
      draft.withLink = true
      draft.acts.push({ at: nearPost(draft, random) + random.int(10, 120) * minute, do: 'lose the ledger' })
    },
  },

  'the owner writes': act((_, random, at) => ({
    ...{ at, do: 'write' },
    ...(random.chance(0.7) && { images: random.int(1, 4) }),
    ...(random.chance(0.7) && { link: true }),
  })),
  'the owner copies the words': act((_, random, at) => ({
    ...{ at, do: 'copy' },
    ...(random.chance(0.5) && { images: random.int(1, 4) }),
  })),
  'a post by hand': byHand(({ key }) => ({ do: 'post', post: key })),
  'a copy by hand': byHand(({ key }) => ({ do: 'again', post: key, copy: 2 })),
  'two copies by hand': {
    phase: 'runs',
    draw: (draft, random) => {
      const post = anyOf(random, draft.posts)
      if (post === undefined) return
      for (const copy of [2, 3]) byHand(() => ({ do: 'again', post: post.key, copy })).draw(draft, random)
    },
  },
  'what is parked is tried again': {
    phase: 'runs',
    draw: (draft, random) => {
      if (random.chance(0.4)) draft.acts.push({ at: nearPost(draft, random), do: 'drop', creates: 1 })
      byHand(() => ({ do: 'retry' })).draw(draft, random)
    },
  },
  'the owner edits': act((_, random, at) => ({ at: at + random.int(10, 200) * minute, do: 'edit' })),
  'the owner deletes': act((_, random, at) => ({ at: at + random.int(10, 200) * minute, do: 'delete' })),

  'a run is killed': aRun((run, random) => [{ ...run, fate: { ...anyMoment(random), is: 'killed' } }]),
  'a process is killed': aRun(({ at, life }, random) => [
    { at, ...(life !== undefined && { life }), process: true, fate: { ...anyMoment(random), is: 'killed' } },
  ]),
  'runs overlap': aRun((run, random) => {
    const ms = random.int(1, 14) * minute
    return [{ ...run, life: 15 * minute, fate: { ...anyMoment(random), is: 'frozen', ms, clock: 'goes on' } }]
  }),
  'a run freezes': aRun(({ at }, random) => {
    const ms = random.int(15, 200) * minute
    const clock = random.pick(['goes on', 'stands still', 'set back'])
    return [{ at, fate: { ...anyMoment(random), is: 'frozen', ms, clock } }]
  }),
  'a run freezes as it sends': {
    phase: 'runs',
    draw: (draft, random) => {
      // Where media may be attached twice, nothing but the guard is left.
      if (random.chance(0.6))
        draft.server = {
          ...draft.server,
          idempotency: 'none',
          unknownMedia: 'twice',
          attachedMediaVisible: true,
        }
      const ms = random.int(15, 200) * minute
      const clock = random.pick(['goes on', 'goes on', 'stands still', 'set back'])
      const moment = { service: 'dynamodb', nth: 1, when: 'after', sending: true } as const
      aRun(({ at }) => [{ at, fate: { ...moment, is: 'frozen', ms, clock } }]).draw(draft, random)
    },
  },
  'an event is delivered twice': aRun((run, random) => {
    const ms = random.int(5, 240) * second
    return [
      { ...run, life: 15 * minute, fate: { ...anyMoment(random), is: 'frozen', ms, clock: 'goes on' } },
      run,
    ]
  }),
  'a short life': {
    phase: 'runs',
    draw: (draft, random) => {
      const life = random.int(130, 200) * second
      if (random.chance(0.5)) draft.pace.upload = random.int(15, 40) * second
      draft.runs = draft.runs.map((run) => ({ ...run, life }))
    },
  },
  'a clock is ahead': {
    phase: 'runs',
    draw: (draft, random) => {
      aRun((run) => [{ ...run, ahead: random.pick([5 * minute, hour, 5 * hour, 365 * day]) }]).draw(
        draft,
        random,
      )
      const at = draft.runs.find(({ ahead }) => ahead !== undefined)?.at
      if (at === undefined || random.chance(0.4)) return
      const doors = random.pick<readonly Door[]>([
        ['creates'],
        ['uploads'],
        ofTumblr,
        ['writes of the ledger'],
      ])
      draft.weather.push({ doors, sky: { is: 'reset', when: 'before' }, from: at, until: at + 5 * minute })
    },
  },
  'a clock is behind': aRun((run, random) => [
    { ...run, ahead: -random.pick([5 * minute, hour, 30 * hour]) },
  ]),
} as const satisfies Record<string, Kind>

export type KindName = keyof typeof kinds
