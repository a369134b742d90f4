/** L4: records are of one blog and one account. */
import { expect, test } from 'vitest'
import { expectSameRoute } from '../../../scripts/ledger/identity.ts'

const account = { id: '1', url: 'https://x.example/@moss' }
const here = { blog: { name: 'moss', uuid: 't:a' }, server: { account } }

test.each([
  ['the same', here],
  ['a blog that was renamed', { ...here, blog: { name: 'fern', uuid: 't:a' } }],
  ['one without a uuid, of the same name', { ...here, blog: { name: 'moss' } }],
  ['one that no run has asked for its account', { blog: here.blog }],
])('%s is taken', (_, there) => {
  expect(() => expectSameRoute(here, there, 'art')).not.toThrow()
})

test.each([
  [
    'another blog of the same name',
    { ...here, blog: { name: 'moss', uuid: 't:b' } },
    /records of the blog moss/,
  ],
  ['another name, and no uuid', { ...here, blog: { name: 'fern' } }, /received those of fern/],
  [
    'another account',
    { ...here, server: { account: { id: '2', url: 'https://x.example/@fern' } } },
    /^Expected records of the account https:\/\/x\.example\/@moss, which the route art serves, but received those of https:\/\/x\.example\/@fern: nothing/,
  ],
  [
    'the same number on another server',
    { ...here, server: { account: { id: '1', url: 'https://y.example/@moss' } } },
    /received those of https:\/\/y\.example\/@moss/,
  ],
])('%s is refused', (_, there, sentence) => {
  expect(() => expectSameRoute(here, there, 'art')).toThrow(sentence)
})
