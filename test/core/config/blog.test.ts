import { expect, test } from 'vitest'
import { parseBlogIdentifier } from '../../../src/core/config/blog.ts'

test.each([
  ['art', 'art'],
  [' Art-1 ', 'art-1'],
  ['art.tumblr.com', 'art'],
  ['https://art.tumblr.com/', 'art'],
  ['https://art.tumblr.com/post/123/slug?x=1', 'art'],
  ['http://art.tumblr.com', 'art'],
  ['https://www.tumblr.com/art', 'art'],
  ['https://www.tumblr.com/art/123/slug?source=share', 'art'],
  ['https://www.tumblr.com/@art', 'art'],
  ['https://tumblr.com/blog/art', 'art'],
  ['https://www.tumblr.com/blog/view/art/123', 'art'],
  ['t:kF7xU0Qx-_9aB', 't:kF7xU0Qx-_9aB'],
  ['pictures.example.com', 'pictures.example.com'],
  ['https://Pictures.Example.com/post/1', 'pictures.example.com'],
  ['art.xn--p1ai', 'art.xn--p1ai'],
])('%j is the blog %s', (value, blog) => {
  expect(parseBlogIdentifier(value)).toBe(blog)
})

test.each([
  '',
  ' ',
  '..',
  '../../../',
  '../../v2/user/info?x=',
  '//evil.example',
  '/art',
  'art/..',
  'art?x=1',
  'art#x',
  'art%2f',
  'a b',
  'art:8080',
  'https://user:pass@art.tumblr.com/',
  'https://art.example.com:8443/',
  'https://www.tumblr.com/',
  'https://www.tumblr.com/../x',
  'https://www.tumblr.com/dashboard',
  'www.tumblr.com',
  'tumblr.com',
  'api.tumblr.com',
  '64.media.tumblr.com',
  'ftp://art.tumblr.com',
  '127.0.0.1',
  'localhost.',
  't:',
  't:../..',

  `${'a'.repeat(33)}`,
  'ärt',
])('%j is no blog', (value) => {
  expect(parseBlogIdentifier(value)).toBeUndefined()
})
