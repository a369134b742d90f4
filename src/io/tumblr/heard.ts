/** What Tumblr says beside its answers: what is left of the key's limits, and how late it is there. */
import type { IncomingHttpHeaders } from 'node:http'
import type { ServerTime } from '../../core/doctor/clock.ts'
import type { Limit } from '../../core/doctor/key.ts'

export type Heard = { readonly limits: readonly Limit[]; readonly time: ServerTime | undefined }

const spans = ['hour', 'day'] as const

/** `asked` and `answered`: ms since 1970, by this machine. https://github.com/tumblr/docs/blob/master/api.md#rate-limits */
export function listenTo(headers: IncomingHttpHeaders, asked: number, answered: number): Heard {
  const number = (name: string): number => Number(headers[`x-ratelimit-per${name}`] ?? Number.NaN)
  const limits = spans.flatMap((per) => {
    const [most, left, reset] = [number(`${per}-limit`), number(`${per}-remaining`), number(`${per}-reset`)]
    if (!(most > 0) || !(left >= 0)) return []
    // In seconds from now; it may be missing, or negative.
    return [{ per, most, left, ...(reset > 0 && reset <= 90_000 && { resetAt: answered + reset * 1000 }) }]
  })
  const there = Date.parse(headers.date ?? '')
  return { limits, time: Number.isNaN(there) ? undefined : { there, asked, answered } }
}
