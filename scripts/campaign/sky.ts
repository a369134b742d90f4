/** The weather over one call: which of the scene's weathers meets it, and what it does to it. */
import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import type { Call, Fault } from '../sandbox/switchboard.ts'
import { beginning, type Door, type Form, minute, type Scene, second, type Weather } from './scene.ts'
import type { Stage } from './stage.ts'
import type { StaleReads } from './stale-reads.ts'

type C = Context<{ Bindings: HttpBindings }>

/** How long Levity waits for an answer, in ms, by the door. */
const patience: Readonly<Record<Door, number>> = {
  'a page of Tumblr': 20 * second,
  'a post of Tumblr': 20 * second,
  'the image host': 30 * second,
  uploads: minute,
  creates: minute,
  'a status': 20 * second,
  'lists of statuses': 20 * second,
  'looks at media': 20 * second,
  'the account and the limits': 20 * second,
  'reads of the ledger': 5 * second,
  'writes of the ledger': 5 * second,
}

export const deadlineOf = (call: Call): number => patience[doorOf(call) ?? 'a page of Tumblr']

const names: Readonly<Record<string, Door>> = {
  picture: 'the image host',
  upload: 'uploads',
  create: 'creates',
  status: 'a status',
  edit: 'a status',
  delete: 'a status',
  statuses: 'lists of statuses',
  media: 'looks at media',
  verify: 'the account and the limits',
  instance: 'the account and the limits',
  nodeinfo: 'the account and the limits',
  Query: 'reads of the ledger',
  BatchGetItem: 'reads of the ledger',
  GetItem: 'reads of the ledger',
  PutItem: 'writes of the ledger',
  UpdateItem: 'writes of the ledger',
}

const doorOf = ({ service, name, path }: Call): Door | undefined =>
  service === 'tumblr' ? (/[?&]id=/.test(path) ? 'a post of Tumblr' : 'a page of Tumblr') : names[name]

export class Sky {
  readonly #weather: readonly Weather[]
  readonly #struck = new Map<Weather, number>()
  readonly #stage: Stage
  readonly #stale: StaleReads

  constructor({ weather }: Scene, stage: Stage, stale: StaleReads) {
    this.#weather = weather
    this.#stage = stage
    this.#stale = stale
  }

  /** `patience`: ms after which whoever calls gives up, where that is sooner than usual. */
  async over(call: Call, c: C, patience: number): Promise<Fault | undefined> {
    const door = doorOf(call)
    const at = this.#stage.switchboard.clock.now() - beginning
    const fitting = this.#weather.filter(
      (one) => door !== undefined && one.doors.includes(door) && one.from <= at && at < one.until,
    )
    if (fitting.length === 0) return undefined
    const post = fitting.some((one) => one.post !== undefined)
      ? await postOf(call, c, this.#stage)
      : undefined
    for (const one of fitting) {
      if (one.post !== undefined && one.post !== post) continue
      const struck = this.#struck.get(one) ?? 0
      if (struck >= (one.times ?? Number.POSITIVE_INFINITY)) continue
      const fault = await this.#strike(one, call, c, patience)
      if (fault === undefined) continue
      this.#struck.set(one, struck + 1)
      return fault
    }
    return undefined
  }

  async #strike({ sky }: Weather, call: Call, c: C, patience: number): Promise<Fault | undefined> {
    const { clock } = this.#stage.switchboard
    switch (sky.is) {
      case 'answer':
        return { when: sky.when, play: answerOf(sky.status, sky.form, call, clock.now()) }
      case 'reset':
        return { when: sky.when, play: 'drop' }
      case 'slow':
        this.#stage.switchboard.advance(Math.min(deadlineOf(call), patience))
        return { when: sky.when, play: 'drop' }
      case 'empty page':
        return changed((page) => ({ ...page, posts: [] }))
      case 'short page':
        return changed((page) => ({ ...page, posts: page.posts.slice(0, Math.floor(page.posts.length / 2)) }))
      case 'broken page':
        return { when: 'before', play: { status: 200, body: '{"meta":{"status":200', headers: json } }
      case 'throttled':
        return { when: 'before', play: throttled }
      case 'unprocessed':
        return call.name === 'BatchGetItem' ? unprocessed(await c.req.json()) : undefined
      case 'stale':
        return this.#stale.meet(call, await c.req.json())
    }
  }
}

const json = { 'content-type': 'application/json; charset=utf-8' }
const awsJson = { 'content-type': 'application/x-amz-json-1.0' }
const throttled = {
  status: 400,
  headers: awsJson,
  body: JSON.stringify({
    __type: 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException',
    message: 'The level of configured provisioned throughput for the table was exceeded.',
  }),
}

function answerOf(
  status: number,
  form: Form,
  { service }: Call,
  now: number,
): Exclude<Fault['play'], string> {
  const limited = status === 429 && service === 'mastodon'
  const headers = {
    ...(limited && {
      'x-ratelimit-reset': new Date(now + 5 * minute).toISOString(),
      'x-ratelimit-remaining': '0',
    }),
    'content-type': {
      JSON: service === 'dynamodb' ? awsJson['content-type'] : json['content-type'],
      text: 'text/plain',
      HTML: 'text/html',
    }[form],
  }
  if (form === 'text') return { status, headers, body: 'Something went wrong' }
  if (form === 'HTML') return { status, headers, body: `<html><body><h1>${status}</h1></body></html>` }
  if (service === 'tumblr') {
    const body = {
      meta: { status, msg: 'Thud' },
      response: [],
      errors: [{ title: 'Thud', code: 0, detail: 'Try again.' }],
    }
    return { status, headers, body: JSON.stringify(body) }
  }
  if (service === 'dynamodb')
    return {
      status,
      headers,
      body: JSON.stringify({ __type: 'com.amazon.coral.service#InternalServerError', message: 'Internal' }),
    }
  const error =
    status === 429
      ? 'Too many requests'
      : 'There was a temporary problem serving your request, please try again'
  return { status, headers, body: JSON.stringify({ error }) }
}

type Page = { readonly posts: readonly unknown[] }

/** Tumblr's answer with other posts in it; ids beyond 2^53 stay what they are, for it is read as text. */
function changed(change: (page: Page) => Page): Fault {
  return {
    when: 'after',
    play: {
      change: async (answer) => {
        const text = (await answer.clone().text()).replace(/"id":(\d{16,})/g, '"id":"#$1#"')
        const whole = JSON.parse(text)
        if (!Array.isArray(whole.response?.posts)) return answer
        const body = JSON.stringify({ ...whole, response: change(whole.response) }).replace(
          /"#(\d+)#"/g,
          '$1',
        )
        return new Response(body, { status: answer.status, headers: json })
      },
    },
  }
}

/** DynamoDB answers, and has read nothing of what was asked. */
const unprocessed = (asked: { readonly RequestItems: unknown }): Fault => ({
  when: 'before',
  play: {
    status: 200,
    headers: awsJson,
    body: JSON.stringify({ Responses: {}, UnprocessedKeys: asked.RequestItems }),
  },
})

/** Which post a call is about, as far as it tells. */
async function postOf(call: Call, c: C, { ids, pictures, mastodon }: Stage): Promise<number | undefined> {
  const byId = (id: string | undefined | null): number | undefined =>
    [...ids].find(([, one]) => one === id)?.[0]
  const url = new URL(call.path, 'http://localhost')
  switch (doorOf(call)) {
    case 'a post of Tumblr':
      return byId(url.searchParams.get('id'))
    case 'the image host':
      return pictures.get(url.pathname)
    case 'uploads': {
      const { description } = await c.req.parseBody()
      return keyIn(typeof description === 'string' ? description : '', /^Alt (\d+)\./)
    }
    case 'creates':
      return keyIn(await c.req.text(), /Post (\d+) of/)
    case 'a status': {
      const id = url.pathname.split('/').at(-1)
      return keyIn(mastodon.statuses.find((one) => one.id === id)?.text ?? '', /^Post (\d+) of/)
    }
    default:
      return undefined
  }
}

function keyIn(text: string, shape: RegExp): number | undefined {
  const found = shape.exec(text)?.[1]
  return found === undefined ? undefined : Number(found)
}
