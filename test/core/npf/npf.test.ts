import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parsePage, parsePost, UnreadableError } from '../../../src/core/npf/npf.ts'

/** A new case is two files: `name.json` as Tumblr would send it, `name.post.json` what is to be made of it. */
const folder = new URL('../../fixtures/npf/', import.meta.url)
const read = (file: string): unknown => JSON.parse(readFileSync(new URL(file, folder), 'utf8'))
const files = readdirSync(folder)
const names = files.filter((file) => !file.endsWith('.post.json')).map((file) => file.replace(/\.json$/, ''))

test('every fixture is one of a pair', () => {
  expect(files.toSorted()).toEqual(names.flatMap((name) => [`${name}.json`, `${name}.post.json`]).toSorted())
})

test.each(names)('%s', (name) => {
  expect(parsePost(read(`${name}.json`))).toStrictEqual(read(`${name}.post.json`))
})

const blog = { name: 'willow-prints', uuid: 't:willow' }
const post = { id_string: '801234567890123456', blog, timestamp: 1764000000, content: [] }

describe('what is no post is said to be none', () => {
  const cases: readonly (readonly [unknown, string])[] = [
    [undefined, 'Expected an object for a post but received nothing'],
    [null, 'Expected an object for a post but received nothing'],
    ['<html>', 'Expected an object for a post but received "<html>"'],
    [[], 'Expected an object for a post but received a list'],
    [{}, 'Expected an exact id (id_string) for a post but received nothing'],
    [
      { ...post, id_string: undefined, id: 2 ** 53 },
      'Expected an exact id (id_string) for a post but received 9007199254740992',
    ],
    [{ ...post, id_string: '80x' }, 'Expected an exact id (id_string) for a post but received "80x"'],
    [
      { ...post, content: undefined, type: 'photo', photos: [] },
      'Expected a list of content blocks (npf=true) for post 801234567890123456 but received nothing',
    ],
    [
      { ...post, content: '<p>' },
      'Expected a list of content blocks (npf=true) for post 801234567890123456 but received "<p>"',
    ],
    [{ ...post, blog: {} }, "Expected the blog's name for post 801234567890123456 but received nothing"],
    [
      { ...post, timestamp: undefined },
      'Expected a time of publishing for post 801234567890123456 but received nothing',
    ],
    [
      { ...post, timestamp: 1e300 },
      'Expected a time of publishing for post 801234567890123456 but received nothing',
    ],
  ]
  test.each(cases)('%j', (json, message) => {
    expect(() => parsePost(json)).toThrow(message)
    expect(() => parsePost(json)).toThrow(UnreadableError)
  })
})

test.each([2 ** 53, 1e300, 1.5, 0, -640, '640', null])('%s is no width', (width) => {
  const media = [{ url: 'https://64.media.tumblr.com/a.jpg', width, height: 480 }]
  const { images } = parsePost({ ...post, content: [{ type: 'image', media }] })
  expect(images[0]?.variants).toStrictEqual([{ url: 'https://64.media.tumblr.com/a.jpg', height: 480 }])
})

test('a count that no number holds is none', () => {
  expect(parsePage({ blog, posts: [], total_posts: 2 ** 53 })).not.toHaveProperty('totalPosts')
})

describe('ids are exact or not at all', () => {
  test.each([
    [{ id_string: '801234567890123456', id: 801234567890123500 }, '801234567890123456'],
    [{ id: '801234567890123456' }, '801234567890123456'],
    [{ id: 188590847005 }, '188590847005'],
  ])('%j', (ids, id) => {
    expect(parsePost({ ...post, id_string: undefined, ...ids }).id).toBe(id)
  })
})

describe('a page', () => {
  test('keeps its readable posts, names the others, and counts both', () => {
    const page = parsePage({
      blog: { ...blog, is_nsfw: true },
      total_posts: 41,
      posts: [post, { ...post, content: '<p>' }, null, { ...post, id_string: '2', blog: undefined }],
      _links: {},
    })
    expect(page).toMatchObject({
      blog: { ...blog, nsfw: true },
      length: 4,
      totalPosts: 41,
      posts: [
        { id: post.id_string, blog: { nsfw: true } },
        { id: '2', blog: { ...blog, nsfw: true } },
      ],
    })
    expect(page.unreadable).toStrictEqual([
      { id: post.id_string, reason: expect.stringContaining('list of content blocks') },
      { reason: 'Expected an object for a post but received nothing' },
    ])
  })

  test('takes the blog from its posts where it names none', () => {
    expect(parsePage({ posts: [post] }).blog).toStrictEqual({ ...blog, nsfw: false })
  })

  test('of an empty blog is empty', () => {
    expect(parsePage({ blog, posts: [] })).toStrictEqual({
      blog: { ...blog, nsfw: false },
      posts: [],
      length: 0,
      unreadable: [],
    })
  })

  test.each([
    [undefined, 'received nothing'],
    [[], 'received a list'],
    ['Not authorized.', 'received "Not authorized."'],
    [{ blog }, 'received nothing'],
    [{ blog, posts: 57618 }, 'received 57618'],
    [{ posts: [] }, "Expected the blog's name for a page of the blog but received nothing"],
  ])('is refused where it is none: %j', (response, message) => {
    expect(() => parsePage(response)).toThrow(message)
    expect(() => parsePage(response)).toThrow(UnreadableError)
  })
})
