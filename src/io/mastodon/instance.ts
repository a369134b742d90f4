/** What the server says of itself. */

import * as v from 'valibot'
import { ServiceError } from '../../core/failure/failure.ts'
import { refusalFacts, succeeded } from './answer.ts'
import type { Connection } from './connection.ts'
import type { Ask, ServerAnswer } from './exchange.ts'

const DOING = 'tell its limits'

/**
 * The answer of `/api/v2/instance`, else that of v1, else an empty object: some servers have no v2. Throws ServiceError for an
 * outage, because with wrong limits threads would be divided wrongly and images shrunk.
 */
export async function fetchInstance({ client, ask, deadlines, now }: Connection): Promise<unknown> {
  for (const version of [client.v2, client.v1]) {
    const answer = await ask(DOING, deadlines.other, () => version.instance.fetch())
    if (succeeded(answer)) return answer.json
    if (!isForGood(answer)) throw new ServiceError(refusalFacts(answer, DOING, now()))
  }
  return {}
}

/** Whether the server will answer the same tomorrow: a 4xx, or a page where JSON was asked for. */
const isForGood = ({ status }: ServerAnswer): boolean =>
  (status >= 200 && status < 300) || (status >= 400 && status < 500 && status !== 408 && status !== 429)

const linksSchema = v.object({ links: v.array(v.object({ href: v.string() })) })
const softwareSchema = v.object({ software: v.object({ name: v.string() }) })

/** What runs there, by https://nodeinfo.diaspora.software/protocol; undefined where the server does not say, for whatever reason. */
export async function fetchSoftwareName(
  url: string,
  ask: Ask,
  deadlineMs: number,
): Promise<string | undefined> {
  const fetchJson = async <S extends v.GenericSchema>(
    schema: S,
    address: URL,
  ): Promise<v.InferOutput<S> | undefined> => {
    try {
      const answer = await ask('tell its software', deadlineMs, () => fetch(address))
      const result = v.safeParse(schema, answer.json)
      return succeeded(answer) && result.success ? result.output : undefined
    } catch (error) {
      if (error instanceof ServiceError) return undefined
      throw error
    }
  }
  const { origin } = new URL(url)
  const links = await fetchJson(linksSchema, new URL('/.well-known/nodeinfo', url))
  const link = links?.links.find(
    ({ href }) => URL.canParse(href, url) && new URL(href, url).origin === origin,
  )
  if (link === undefined) return undefined
  return (await fetchJson(softwareSchema, new URL(link.href, url)))?.software.name
}
