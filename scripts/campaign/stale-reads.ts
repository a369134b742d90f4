/** A replica of the table that lags: what a read gets that does not ask for consistency. */
import * as v from 'valibot'
import type { Call, Fault } from '../sandbox/switchboard.ts'

const text = v.object({ S: v.string() })
const Item = v.looseObject({ sk: text, todo: v.optional(text) })
type Item = v.InferOutput<typeof Item>
const Put = v.object({ Item })
const Query = v.object({ ConsistentRead: v.optional(v.boolean()), IndexName: v.optional(v.string()) })
const Batch = v.object({ RequestItems: v.record(v.string(), Query) })
/** A count alone has no items. */
const Found = v.looseObject({ Items: v.optional(v.array(Item)) })
const FoundByKey = v.looseObject({ Responses: v.record(v.string(), v.array(Item)) })

const awsJson = { 'content-type': 'application/x-amz-json-1.0' }
/** Writes that the replica does not have yet. */
const behind = 3

export class StaleReads {
  /** Each item as it was last written. */
  readonly #items = new Map<string, Item>()
  /** The newest writes, and what they replaced. */
  #recent: { readonly sk: string; readonly before: Item | undefined }[] = []

  /** Listens to the writes; whoever reads without asking for consistency is answered from before them. */
  meet(call: Call, body: unknown): Fault | undefined {
    switch (call.name) {
      case 'PutItem':
        return this.#note(v.parse(Put, body).Item)
      case 'Query': {
        const { ConsistentRead, IndexName } = v.parse(Query, body)
        return ConsistentRead === true || IndexName === undefined
          ? undefined
          : changed((page) => this.#older(page))
      }
      case 'BatchGetItem': {
        const asked = Object.values(v.parse(Batch, body).RequestItems)
        return asked.every((one) => one.ConsistentRead)
          ? undefined
          : changed((page) => this.#olderByKey(page))
      }
      default:
        return undefined
    }
  }

  #note(item: Item): Fault {
    return {
      when: 'after',
      play: {
        change: (answer) => {
          if (answer.status !== 200) return answer
          const before = this.#items.get(item.sk.S)
          this.#recent = [...this.#recent, { sk: item.sk.S, before }].slice(-behind)
          this.#items.set(item.sk.S, item)
          return answer
        },
      },
    }
  }

  /** What the newest writes replaced, by key; undefined where there was nothing. */
  #past(): ReadonlyMap<string, Item | undefined> {
    return new Map(this.#recent.toReversed().map(({ sk, before }) => [sk, before]))
  }

  #older(page: unknown): unknown {
    const found = v.parse(Found, page)
    if (found.Items === undefined) return found
    const past = this.#past()
    const items = [
      ...found.Items.filter(({ sk }) => !past.has(sk.S)),
      ...[...past.values()].filter((item) => item !== undefined),
    ]
    const listed = items
      .filter(({ todo }) => todo !== undefined)
      .sort((a, b) => ((a.todo?.S ?? '') < (b.todo?.S ?? '') ? -1 : 1))
    return { ...found, Items: listed.slice(0, 5), Count: Math.min(5, listed.length) }
  }

  #olderByKey(page: unknown): unknown {
    const found = v.parse(FoundByKey, page)
    const past = this.#past()
    const older = (item: Item): readonly Item[] => {
      const before = past.get(item.sk.S)
      return past.has(item.sk.S) ? (before === undefined ? [] : [before]) : [item]
    }
    const responses = Object.entries(found.Responses).map(
      ([table, items]) => [table, items.flatMap(older)] as const,
    )
    return { ...found, Responses: Object.fromEntries(responses) }
  }
}

const changed = (change: (page: unknown) => unknown): Fault => ({
  when: 'after',
  play: {
    change: async (answer) =>
      answer.status === 200
        ? Response.json(change(await answer.clone().json()), { headers: awsJson })
        : answer,
  },
})
