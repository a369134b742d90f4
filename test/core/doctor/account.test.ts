import { expect, test } from 'vitest'
import { judgeAccount, judgeToken, type Owner } from '../../../src/core/doctor/account.ts'
import type { Finding } from '../../../src/core/doctor/finding.ts'
import { judgeScopes, type ScopeFacts } from '../../../src/core/doctor/scopes.ts'
import { judgeServer } from '../../../src/core/doctor/server.ts'
import { defaultLimits } from '../../../src/core/server/limits.ts'
import { failed, found, here, notAsked, owner, prod, read, record, silent } from './judged.ts'

const url = 'https://m.example'
const dead = failed({
  service: 'Mastodon',
  status: 401,
  reason: 'The access token was revoked',
  tokenWorks: false,
})
const disabled = failed({ service: 'Mastodon', status: 403, reason: 'Your login is currently disabled' })
/** snac says it with a page. */
const page = failed({
  service: 'Mastodon',
  status: 422,
  answer: 'other',
  reason: 'a page',
  tokenWorks: false,
})

const { bot: _, ...unmarked } = owner

test.each<[string, Finding<Owner>, boolean, RegExp]>([
  ['taken', found(owner), false, /^✓ the server takes it$/],
  ['known to the server, which says no more', disabled, true, /^✓/],
  [
    'revoked',
    dead,
    false,
    /^✗ the server refuses it: The access token was revoked → `npm run setup -- --stage prod` makes another/,
  ],
  ['refused by a page', page, false, /^✗ the server refuses it: /],
  [
    'of an account that is locked out',
    disabled,
    false,
    /^✗ the server refuses it: Your login is currently disabled/,
  ],
  ['not to be tried', silent, false, /^✗ it is not known: .* → see whether/],
  ['not asked', notAsked, false, /^✗ it was not asked/],
])('a token that is %s', (_, asked, listed, says) => {
  expect(read(judgeToken(asked, listed, prod))).toMatch(says)
})

test.each<[string, Finding<Owner>, RegExp]>([
  ['well', found(owner), /^✓ @art@m\.example$/],
  ['of a server that knows no bots', found(unmarked), /^✓ @art@m\.example$/],
  [
    'not marked as automated',
    found({ ...owner, bot: false }),
    /^✓ @art@m\.example, not marked as automated → where its rules/,
  ],
  [
    'moved',
    found({ ...owner, movedTo: 'https://n.example/@art' }),
    /^✗ @art@m\.example has moved to https:\/\/n\.example\/@art → /,
  ],
  ['suspended', found({ ...owner, suspended: true }), /^✗ @art@m\.example is suspended → ask the moderators/],
  ['limited', found({ ...owner, limited: true }), /^✗ .* is limited by the moderators: only its followers/],
  [
    'another one',
    found({ ...owner, id: '8', url: 'https://m.example/@b' }),
    /^✗ the token is for https:\/\/m\.example\/@b, and this route began with https:\/\/m\.example\/@art → /,
  ],
  ['another one at the same address', found({ ...owner, id: '8' }), /^✗ the token is for/],
  ['kept back', disabled, /^✗ the server blocks it: Your login is currently disabled → sign in/],
  ['unknown', dead, /^✗ it is not known/],
  ['not asked', notAsked, /^✗ it was not asked/],
])('an account that is %s', (_, asked, says) => {
  expect(read(judgeAccount(asked, 'm.example', record))).toMatch(says)
})

const four = ['read:accounts', 'read:statuses', 'write:media', 'write:statuses']
const all = { 'read:accounts': true, 'read:statuses': true, 'write:media': true }
test.each<[string, ScopeFacts | undefined, RegExp]>([
  ['the four', { listed: four, tried: all }, /^✓ the four that are needed$/],
  [
    'the four, read:accounts by profile',
    { listed: ['profile', ...four.slice(1)], tried: {} },
    /^✓ the four that are needed$/,
  ],
  [
    'parents of the four',
    { listed: ['read', 'write'], tried: all },
    /^✓ the four that are needed, and more than is needed: read write → a token with read:accounts/,
  ],
  ['one more', { listed: [...four, 'follow'], tried: all }, /and more than is needed: follow → /],
  [
    'two missing',
    { listed: four.slice(0, 2), tried: {} },
    /^✗ write:media and write:statuses are missing → `npm run setup` makes a token/,
  ],
  // The application was given more after the token was made.
  [
    'one missing, whatever the application has',
    { listed: four, tried: { ...all, 'write:media': false } },
    /^✗ write:media is missing → /,
  ],
  [
    'untold, and tried as far as can be',
    { listed: undefined, tried: all },
    /^✓ read:accounts, read:statuses and write:media; of write:statuses the server says nothing/,
  ],
  ['untold and untried', { listed: undefined, tried: {} }, /^✗ they are not known/],
  ['not asked', undefined, /^✗ it was not asked/],
])('scopes: %s', (_, facts, says) => {
  expect(read(judgeScopes(facts, here))).toMatch(says)
})

test.each<[string, Parameters<typeof judgeServer>[0], RegExp]>([
  [
    'Mastodon',
    found({ software: 'mastodon', limits: { ...defaultLimits, version: '4.6.5' } }),
    /^✓ https:\/\/m\.example is mastodon 4\.6\.5: 500 characters and 4 images a status, 1,500 characters an alt text, 16\.8 MB and 33\.2 megapixels an image$/,
  ],
  [
    'one image',
    found({ software: undefined, limits: { ...defaultLimits, version: '1', imagesPerStatus: 1 } }),
    /is a server of unknown make 1: 500 characters and 1 image a status/,
  ],
  [
    'no relative',
    found({ software: undefined, limits: defaultLimits }),
    /^✗ .* does not say what it is.* → check MASTODON_URL/,
  ],
  ['silent', silent, /^✗ .*ECONNREFUSED.* → see whether/],
  ['not asked', notAsked, /^✗ it was not asked/],
])('a server: %s', (_, asked, says) => {
  expect(read(judgeServer(asked, url))).toMatch(says)
})
