import { expect, test } from 'vitest'
import { type BlogFacts, judgeBlog } from '../../../src/core/doctor/blog.ts'
import { judgeKey } from '../../../src/core/doctor/key.ts'
import type { KeyLimit } from '../../../src/core/failure/rate-limit.ts'
import { failed, found, hour, notAsked, now, page, read, record, silent } from './judged.ts'

const blog: BlogFacts = {
  name: 'moss',
  asked: found(page),
  openly: undefined,
  config: undefined,
  known: undefined,
}
const hidden = failed({ status: 404, code: 4012 })

test.each<[string, Partial<BlogFacts>, RegExp]>([
  ['there', {}, /^✓ moss is there for everyone: 0 posts$/],
  ['counted', { asked: found({ ...page, totalPosts: 1200 }) }, /: 1,200 posts$/],
  [
    'hidden, and seen by a user',
    { openly: hidden },
    /^✓ moss is hidden .* shown to the user whose keys are set/,
  ],
  ['open, and asked by a user all the same', { openly: found(page) }, /^✓ moss is there for everyone/],
  [
    'hidden',
    { asked: hidden },
    /^✗ moss is hidden from people without an account → show it to everyone .* or set TUMBLR_/,
  ],
  [
    'hidden from this user',
    { asked: hidden, openly: hidden },
    /and from the user whose keys are set → set TUMBLR_/,
  ],
  [
    'locked',
    { asked: failed({ status: 404, code: 4013 }) },
    /^✗ moss asks for a password → take the password away/,
  ],
  [
    'missing',
    { asked: failed({ status: 404 }) },
    /^✗ Tumblr has no blog moss that anyone can see → check the name/,
  ],
  [
    'unknown, for the key is wrong',
    { asked: failed({ status: 401 }) },
    /^✗ it is not known: Tumblr refuses the key$/,
  ],
  [
    'unknown, for the limits are used up',
    { asked: failed({ status: 429 }) },
    /^✗ it is not known: the limits/,
  ],
  [
    'refused otherwise',
    { asked: failed({ status: 403, reason: 'Blocked' }) },
    /^✗ Tumblr refuses to show moss: Blocked$/,
  ],
  ['silent', { asked: silent }, /^✗ Tumblr could not .* no answer, ECONNREFUSED .* → see whether/],
  ['not asked', { asked: notAsked }, /^✗ it was not asked: the variables/],
  ['the one it began with', { known: record }, /^✓/],
  [
    'another under the same name',
    { known: { ...record, blog: { name: 'moss', uuid: 't:other' } } },
    /^✗ moss is another blog \(t:moss\) than the one this route began with \(moss, t:other\) → /,
  ],
])('a blog that is %s', (_, facts, says) => {
  expect(read(judgeBlog({ ...blog, ...facts }))).toMatch(says)
})

const left = (hours: number, days: number): readonly KeyLimit[] => [
  { per: 'hour', most: 1000, left: hours, resetAt: now + 1800_000 },
  { per: 'day', most: 5000, left: days, resetAt: now + 5 * hour },
]
const open = { now, signed: false }
test.each<[string, Parameters<typeof judgeKey>, RegExp]>([
  [
    'good',
    [found(page), left(988, 4988), open],
    /^✓ Tumblr takes it; requests left: 988 of 1,000 this hour, 4,988 of 5,000 today$/,
  ],
  [
    'good, of unknown limits',
    [found(page), [], open],
    /^✓ Tumblr takes it; Tumblr does not say what is left of its limits$/,
  ],
  [
    'used up for an hour',
    [found(page), left(0, 4000), open],
    /^✗ its limits are used up; requests left: 0 of 1,000 this hour, all again in 30 minutes → wait/,
  ],
  [
    'used up for the day',
    [failed({ status: 429 }), left(12, 0), open],
    /^✗ .*: 0 of 5,000 today, all again in 5 hours → /,
  ],
  [
    'used up, nobody knows for how long',
    [failed({ status: 429 }), [], open],
    /^✗ its limits are used up; Tumblr does not say what is left of its limits → /,
  ],
  [
    'unknown to Tumblr',
    [failed({ status: 401 }), [], open],
    /^✗ Tumblr does not know it \(HTTP 401\) → copy the OAuth consumer key [^;]*$/,
  ],
  [
    'of another application',
    [failed({ status: 401 }), [], { ...open, signed: true }],
    /must be of the same application/,
  ],
  ['good, of a blog that is not there', [failed({ status: 404 }), left(9, 9), open], /^✓ Tumblr takes it/],
  ['not to be tried', [silent, [], open], /^✗ it is not known: Tumblr did not answer → /],
  ['not asked', [notAsked, [], open], /^✗ it was not asked/],
])('a key that is %s', (_, facts, says) => {
  expect(read(judgeKey(...facts))).toMatch(says)
})
