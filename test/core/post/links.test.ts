import { describe, expect, test } from 'vitest'
import { leadsTo, postLinks } from '../../../src/core/post/links.ts'

const id = '766512345678901248'
const found: readonly (readonly [string, readonly string[]])[] = [
  [`<a href="https://moss.tumblr.com/post/${id}">`, [id]],
  [`<a href="https://moss.tumblr.com/post/${id}/a-walk?source=share#notes">`, [id]],
  [`<a href="https://www.tumblr.com/moss/${id}/a-walk">`, [id]],
  [`<a href="https://www.tumblr.com/blog/view/moss/${id}">`, [id]],
  [`<a href='https://pictures.example/post/${id}'>`, [id]],
  [`<p>https://moss.tumblr.com/post/${id}</p>`, [id]],
  [`https://moss.tumblr.com/post/${id}`, [id]],
  [`HTTPS://MOSS.tumblr.com/post/${id}`, [id]],
  [
    'https://moss.tumblr.com/post/99999999999 https://moss.tumblr.com/post/1234567890',
    ['99999999999', '1234567890'],
  ],
  // Of 2008.
  ['https://moss.tumblr.com/post/12345678', ['12345678']],
  ['https://www.tumblr.com/moss/12345678', ['12345678']],
  [`moss.tumblr.com/post/${id}`, []],
  [`https://moss.tumblr.com/post/${id}0000`, []],
  ['https://moss.tumblr.com/tagged/2024', []],
  ['https://moss.tumblr.com/archive/2024', []],
  ['https://www.tumblr.com/tagged/20240101', []],
  ['https://www.tumblr.com/search/2024', []],
  ['https://moss.example/2024', []],
  [`https://social.example/@moss/${id}`, []],
  [`https://social.example/?at=https://moss.example/post/${id}`, []],
  ['<p>moss</p>', []],
]
test.each(found)('posts linked in %s', (html, ids) => {
  expect(postLinks(html).map((link) => link.id)).toEqual(ids)
})

describe('L4: a link leads to the very post', () => {
  const young = { id, url: `https://moss.tumblr.com/post/${id}/a-walk` }
  const old = { id: '12345678', url: 'https://moss.example/post/12345678' }
  test.each([
    ['by its permalink', `https://moss.tumblr.com/post/${id}`, young, true],
    ["by Tumblr's own address", `https://www.tumblr.com/moss/${id}`, young, true],
    ['after the blog was renamed', `https://fern.tumblr.com/post/${id}`, young, true],
    ['after its domain was given up', `https://moss.example/post/${id}`, young, true],
    ['on the domain it has', 'https://MOSS.example/post/12345678/a-walk', old, true],
    ['on Tumblr, for a blog with a domain', 'https://moss.tumblr.com/post/12345678', old, true],
    ['not by a number that another site gave', 'https://other.example/post/12345678', old, false],
    ['not to another post', 'https://moss.tumblr.com/post/12345679', old, false],
  ] as const)('%s', (_, html, post, leads) => {
    expect(postLinks(html).some((link) => leadsTo(link, post))).toBe(leads)
  })
})
