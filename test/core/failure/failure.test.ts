import { expect, test } from 'vitest'
import {
  disallowedHashtag,
  type FailureFacts,
  isDefiniteRefusal,
  isLedgerOut,
  isStillProcessing,
  judgeFailure,
  ServiceError,
  saysMediaMissing,
} from '../../../src/core/failure/failure.ts'

type Blame = ReturnType<typeof judgeFailure>['blame']
type Case = readonly [
  name: string,
  facts: Partial<FailureFacts>,
  expected: {
    readonly blame: Blame
    readonly definite?: true
    readonly missing?: true
    readonly processing?: true
    readonly hashtag?: string
  },
]

const json = (status: number, reason: string): Partial<FailureFacts> => ({ status, reason, answer: 'json' })
const page = (status: number): Partial<FailureFacts> => ({ status, answer: 'other' })

const ofMastodon: readonly Case[] = [
  ['no answer', { answer: 'nothing' }, { blame: 'outside' }],
  ['a request that was too slow', json(408, 'Request Timeout'), { blame: 'outside' }],
  ['a proxy that gave up', page(504), { blame: 'outside' }],
  ['a proxy that refuses', page(403), { blame: 'outside' }],
  ['a page for a success', page(200), { blame: 'outside' }],
  ['a lock not obtained', json(503, 'There was a temporary problem'), { blame: 'outside' }],
  ['the replayed key of 4.6', json(500, 'Internal Server Error'), { blame: 'outside' }],
  [
    'an image it cannot process',
    json(500, 'Error processing thumbnail for uploaded media'),
    { blame: 'post' },
  ],
  ['a rate limit', json(429, 'Too many requests'), { blame: 'outside', definite: true }],
  ['a bad token', json(401, 'The access token is invalid'), { blame: 'route', definite: true }],
  ['a bad token, tried', { ...page(422), tokenWorks: false }, { blame: 'route' }],
  [
    'a 401 for an image',
    { ...json(401, 'file was invalid'), tokenWorks: true },
    { blame: 'post', definite: true },
  ],
  [
    'a missing scope',
    json(403, 'This action is outside the authorized scopes'),
    { blame: 'route', definite: true },
  ],
  [
    'a long text',
    json(422, 'Validation failed: Text character limit of 500 exceeded'),
    { blame: 'post', definite: true },
  ],
  [
    'a GoToSocial 400',
    json(400, 'Bad Request: text with spoiler exceed max chars (5000)'),
    { blame: 'post', definite: true },
  ],
  [
    'attached media on Mastodon',
    json(422, 'Media 111 not found or already attached to another post'),
    { blame: 'post', missing: true },
  ],
  [
    'attached media on GoToSocial',
    json(400, 'Bad Request: media already attached to status: 01H'),
    { blame: 'post', missing: true },
  ],
  [
    'missing media on GoToSocial',
    json(400, 'Bad Request: media not found: 01H'),
    { blame: 'post', missing: true },
  ],
  ['missing media on Hollo', json(400, 'Media not found'), { blame: 'post', missing: true }],
  [
    'media in another language',
    { ...json(422, 'メディア 111 は…'), namesMedia: true },
    { blame: 'post', missing: true },
  ],
  [
    'media that are processed still',
    json(422, 'Cannot attach files that have not finished processing. Try again in a moment!'),
    { blame: 'post', definite: true, processing: true },
  ],
  [
    'media that are processed still, named',
    { ...json(422, 'media 111 has not finished processing'), namesMedia: true },
    { blame: 'post', definite: true, processing: true },
  ],
  ['a page about processing', { ...page(500), reason: 'not finished processing' }, { blame: 'outside' }],
  [
    'a banned hashtag',
    json(422, 'Validation failed: Text contained a disallowed hashtag: Foo_1'),
    { blame: 'post', definite: true, hashtag: 'Foo_1' },
  ],
  [
    'two banned hashtags',
    json(422, 'Validation failed: Text contained the disallowed hashtags: #été, bar'),
    { blame: 'post', definite: true, hashtag: 'été' },
  ],
]

const ofOthers: readonly Case[] = [
  [
    'Tumblr: no such blog',
    { service: 'Tumblr', ...json(404, 'Not Found') },
    { blame: 'route', definite: true },
  ],
  [
    'Tumblr: a bad key',
    { service: 'Tumblr', ...json(401, 'Unauthorized') },
    { blame: 'route', definite: true },
  ],
  ['Tumblr: a firewall', { service: 'Tumblr', ...page(403) }, { blame: 'outside' }],
  [
    'Tumblr: a limit',
    { service: 'Tumblr', ...json(429, 'Limit Exceeded') },
    { blame: 'outside', definite: true },
  ],
  ['Tumblr: no answer', { service: 'Tumblr', answer: 'nothing' }, { blame: 'outside' }],
  [
    'Tumblr: media not found',
    { service: 'Tumblr', ...json(404, 'media not found') },
    { blame: 'route', definite: true },
  ],
  [
    'DynamoDB: refused',
    { service: 'DynamoDB', ...json(400, 'AccessDenied') },
    { blame: 'outside', definite: true },
  ],
  [
    'the ledger file: a full disk',
    { service: 'the ledger file', answer: 'other', reason: 'database or disk is full' },
    { blame: 'outside' },
  ],
  ['the image host: silent', { service: 'the image host', answer: 'nothing' }, { blame: 'outside' }],
  ['the image host: 500', { service: 'the image host', ...page(500) }, { blame: 'outside' }],
  ['the image host: 404', { service: 'the image host', ...page(404) }, { blame: 'post' }],
  [
    'an image from elsewhere',
    { service: 'the image host', answer: 'other', permanent: true },
    { blame: 'post' },
  ],
  ['the image: broken', { service: 'the image', answer: 'nothing' }, { blame: 'post' }],
]

const errorOf = (facts: Partial<FailureFacts>): ServiceError =>
  new ServiceError({
    service: 'Mastodon',
    doing: 'create a status',
    answer: 'nothing',
    reason: 'why',
    ...facts,
  })

test.each([...ofMastodon, ...ofOthers])('%s', (_name, facts, expected) => {
  const error = errorOf(facts)
  expect({
    blame: judgeFailure(error).blame,
    definite: isDefiniteRefusal(error),
    missing: saysMediaMissing(error),
    processing: isStillProcessing(error),
    hashtag: disallowedHashtag(error),
  }).toEqual({ definite: false, missing: false, processing: false, hashtag: undefined, ...expected })
})

test.each([
  ['DynamoDB', true],
  ['the ledger file', true],
  ['Mastodon', false],
] as const)('whether the ledger is out: %s', (service, isOut) => {
  expect(isLedgerOut(errorOf({ service }))).toBe(isOut)
  expect(isLedgerOut(new Error(service))).toBe(false)
})

test('a rate limit keeps its end', () => {
  const limit = { ...json(429, 'Too many requests'), retryAt: 1_800_000_000_000 }
  expect(judgeFailure(errorOf(limit))).toMatchObject({ blame: 'outside', retryAt: 1_800_000_000_000 })
})

test('a fault of ours is the post’s, and tells its words', () => {
  expect(judgeFailure(new TypeError('x is not a function'))).toEqual({
    blame: 'post',
    reason: 'x is not a function',
  })
  expect(isDefiniteRefusal(new TypeError('x'))).toBe(false)
})

test('the message says who could not do what, and why', () => {
  expect(errorOf(json(429, 'Too many requests')).message).toBe(
    'Mastodon could not create a status: HTTP 429, Too many requests',
  )
  expect(errorOf({}).message).toBe('Mastodon could not create a status: no answer, why')
  expect(errorOf({ reason: 'ENOTFOUND' }).message).toBe(
    'Mastodon could not create a status: no answer, ENOTFOUND (no server was found by that name)',
  )
})
