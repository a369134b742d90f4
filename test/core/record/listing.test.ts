import { expect, test } from 'vitest'
import { describeWait, listingAfter, type Progress, restsNow } from '../../../src/core/record/listing.ts'
import type { Listing } from '../../../src/core/record/route.ts'

const minute = 60_000
const hour = 60 * minute
const now = 1_790_000_000_000
const listing: Listing = { kind: 'archive', top: 1000, before: 900, until: 0 }
const progress = (end: Progress['end'], before = 900): Progress => ({
  before,
  wanted: Number.POSITIVE_INFINITY,
  end,
})
const after = (
  one: Listing,
  end: Progress['end'],
  { at = now, before = 900, short }: { at?: number; before?: number; short?: number } = {},
): Listing | undefined =>
  listingAfter(one, progress(end, before), at, short === undefined ? undefined : { gap: 1, since: short })

test('a listing that reached its bottom is finished; one that did not keeps its place and how many it wants', () => {
  expect(after(listing, 'bottom')).toBeUndefined()
  expect(after(listing, 'more', { before: 500 })).toEqual({ ...listing, before: 500 })
  expect(listingAfter(listing, { before: 500, wanted: 3, end: 'more' }, now, undefined)).toMatchObject({
    wanted: 3,
  })
})

test('V1: the second look that finds no more, an hour later, is believed; one that finds more is a first look again', () => {
  const first = after(listing, 'out of sight')
  expect(first).toEqual({ ...listing, endedAt: now })
  if (!first) throw new Error('Expected a listing')
  expect(after(first, 'out of sight', { at: now + hour - 1 })).toEqual(first)
  expect(after(first, 'out of sight', { at: now + hour })).toBeUndefined()
  expect(after(first, 'out of sight', { at: now + hour, before: 500 })).toMatchObject({ endedAt: now + hour })
  expect(after(first, 'more', { before: 500 })).toEqual({ ...listing, before: 500 })
})

test('V1: while the newest page is short too, new posts are doubted for two days; an archive is not', () => {
  const first: Listing = { ...listing, endedAt: now }
  const at = now + 2 * hour
  expect(after(first, 'out of sight', { at, short: now })).toBeUndefined()
  const fresh: Listing = { ...first, kind: 'new' }
  expect(after(fresh, 'out of sight', { at, short: now })).toEqual(fresh)
  expect(after(fresh, 'out of sight', { at, short: now - 46 * hour })).toBeUndefined()
})

const failed = { reason: 'HTTP 500' }

test('V7: what cannot be read on rests for 10, 20, 40, then 60 minutes, or until a limit ends', () => {
  let one: Listing | undefined = listing
  for (const rest of [10, 20, 40, 60, 60]) {
    one = one && after(one, failed)
    expect(one?.rest?.until).toBe(now + rest * minute)
  }
  if (!one) throw new Error('Expected a listing')
  expect(restsNow(one, now + hour - 1)).toBe(true)
  expect(restsNow(one, now + hour)).toBe(false)
  expect(after(listing, { ...failed, retryAt: now + 7 })?.rest?.until).toBe(now + 7)
  expect(after(one, 'more')?.rest).toBeUndefined()
})

test('V7: new posts are held for three hours by it, an archive for as long as it takes', () => {
  const rest = { since: now - 3 * hour, tries: 4, until: now, reason: 'HTTP 500' }
  const fresh: Listing = { ...listing, kind: 'new', rest }
  expect(after({ ...fresh, rest: { ...rest, since: rest.since + 1 } }, failed)?.kind).toBe('new')
  expect(after(fresh, failed)).toMatchObject({ kind: 'late', before: 900, rest: { tries: 5 } })
  expect(after({ ...listing, rest }, failed)?.kind).toBe('archive')
})

test('a listing that waits says why', () => {
  expect(describeWait(listing)).toBeUndefined()
  expect(describeWait({ ...listing, endedAt: now })).toContain('the list of older posts ended')
  const rest = { since: now, tries: 1, until: now, reason: 'HTTP 500' }
  expect(describeWait({ ...listing, kind: 'new', rest })).toMatch(/^the list of new posts .* HTTP 500$/)
})
