/** Faults that a person switches on and off: one at each place, for every call or only for the next one. */
import type { Call, Fault, SandboxService, Switchboard } from '../sandbox/switchboard.ts'

type FaultPlace = {
  /** As it is written in the middle of a sentence. */
  readonly title: string
  readonly service: SandboxService
  readonly call?: string
  /** What this service answers when it refuses for good. */
  readonly refusal: PlayedAnswer
}
type PlayedAnswer = {
  readonly status: number
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
}

const json = (status: number, body: unknown): PlayedAnswer => ({
  status,
  body: JSON.stringify(body),
  headers: { 'content-type': 'application/json' },
})
const page = (status: number): PlayedAnswer => ({
  status,
  body: `<!doctype html><title>${status}</title><h1>${status}</h1>`,
  headers: { 'content-type': 'text/html' },
})

export const places = {
  tumblr: {
    title: 'Tumblr’s list of posts',
    service: 'tumblr',
    refusal: json(401, { meta: { status: 401, msg: 'Unauthorized' }, response: [], errors: [] }),
  },
  images: { title: 'images from Tumblr', service: 'pictures', refusal: page(404) },
  upload: {
    title: 'uploads to Mastodon',
    service: 'mastodon',
    call: 'upload',
    refusal: json(422, { error: 'Validation failed: File content type is invalid' }),
  },
  create: {
    title: 'new statuses on Mastodon',
    service: 'mastodon',
    call: 'create',
    refusal: json(422, { error: 'Validation failed: Text is not welcome here' }),
  },
} as const satisfies Readonly<Record<string, FaultPlace>>

/** Seconds until a reached limit ends. */
const patience = 120
const slowMs = 5000

export const kinds = {
  '429': `429: too many requests, come back in ${patience} s`,
  '503': '503: the server is down',
  refuse: 'refused for good (401, 404 or 422)',
  slow: `slow: ${slowMs / 1000} s before anything happens`,
  drop: 'drop: the connection breaks before anything happens',
  lost: 'lost: it is carried out, the answer never comes',
  kill: 'kill: it is carried out, then the run dies',
} as const satisfies Readonly<Record<string, string>>

type PlaceName = keyof typeof places
type KindName = keyof typeof kinds
export const isPlace = (name: string): name is PlaceName => Object.hasOwn(places, name)
export const isKind = (name: string): name is KindName => Object.hasOwn(kinds, name)

export type Switched = {
  readonly place: PlaceName
  readonly kind: KindName
  readonly once: boolean
  /** It has struck its one call. */
  readonly spent: boolean
}

export interface Faults {
  readonly on: readonly Switched[]
  /** Undefined switches the place's fault off. */
  set(place: PlaceName, kind: KindName | undefined, once?: boolean): void
  clear(): void
}

export function createFaults(switchboard: Switchboard): Faults {
  const set = new Map<
    PlaceName,
    { readonly kind: KindName; readonly once: boolean; readonly after: number }
  >()
  const isSpent = (place: PlaceName, after: number): boolean =>
    switchboard.calls.slice(after).some((call) => matches(place, call))
  const on = (): readonly Switched[] =>
    [...set].map(([place, { kind, once, after }]) => ({
      ...{ place, kind, once },
      spent: once && isSpent(place, after),
    }))
  const playAll = (): void => {
    switchboard.playNothing()
    for (const { place, kind, once, spent } of on())
      if (!spent) switchboard.play({ ...faultOf(place, kind), times: once ? 1 : Number.POSITIVE_INFINITY })
  }
  return {
    get on() {
      return on()
    },
    set(place, kind, once = false) {
      set.delete(place)
      if (kind !== undefined) set.set(place, { kind, once, after: switchboard.calls.length })
      playAll()
    },
    clear() {
      set.clear()
      playAll()
    },
  }
}

function matches(name: PlaceName, call: Call): boolean {
  const place: FaultPlace = places[name]
  return call.service === place.service && (place.call === undefined || call.name === place.call)
}

function faultOf(name: PlaceName, kind: KindName): Fault {
  const { service, call, refusal }: FaultPlace = places[name]
  const where = { service, ...(call !== undefined && { name: call }) }
  switch (kind) {
    case '429':
      return { ...where, when: 'before', play: tooMany(service) }
    case '503':
      return { ...where, when: 'before', play: page(503) }
    case 'refuse':
      return { ...where, when: 'before', play: refusal }
    case 'slow':
      return { ...where, when: 'before', play: { slow: slowMs } }
    case 'drop':
      return { ...where, when: 'before', play: 'drop' }
    case 'lost':
      return { ...where, when: 'after', play: 'drop' }
    case 'kill':
      return { ...where, when: 'after', play: 'kill' }
  }
}

/** Each service has its own way to say when the limit ends. */
function tooMany(service: SandboxService): PlayedAnswer {
  if (service !== 'tumblr') {
    const answer = json(429, { error: 'Too many requests' })
    return { ...answer, headers: { ...answer.headers, 'retry-after': String(patience) } }
  }
  const answer = json(429, { meta: { status: 429, msg: 'Limit Exceeded' }, response: [] })
  const limits = { limit: '1000', remaining: '0', reset: String(patience) }
  const headers = Object.entries(limits).map(([name, value]) => [`x-ratelimit-perhour-${name}`, value])
  return { ...answer, headers: { ...answer.headers, ...Object.fromEntries(headers) } }
}
