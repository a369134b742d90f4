import { describe, expect, test } from 'vitest'
import { isRecord } from '../../../src/core/npf/field.ts'
import { parsePage, parsePost, UnreadableError } from '../../../src/core/npf/npf.ts'
import { type RecordedJson, readRecorded } from '../../support/recorded.ts'

const entries = (json: unknown): readonly RecordedJson[] => (Array.isArray(json) ? json.filter(isRecord) : [])
const isImage = (block: RecordedJson): boolean =>
  block['type'] === 'image' &&
  entries(block['media']).some(({ url, cropped }) => /^https?:/.test(String(url)) && cropped !== true)

/** Counted straight from the answer: none of the recorded posts hides a block. */
const imagesIn = (post: RecordedJson): number =>
  [...entries(post['trail']), post].flatMap(({ content }) => entries(content).filter(isImage)).length

const envelope = { id_string: '1', blog: { name: 'willow-prints' }, timestamp: 1764000000, content: [] }
const blocks = /^(?:text|image|link|audio|video|poll|paywall)$/
const layouts = /^(?:rows|ask|condensed)$/

/** A piece of a post, put where it belongs in one. */
function asPost(json: RecordedJson): RecordedJson {
  const type = String(json['type'])
  if (blocks.test(type)) return { ...envelope, content: [json] }
  if (layouts.test(type)) return { ...envelope, layout: [json] }
  return { ...envelope, ...json }
}

describe('recorded answers of Tumblr', () => {
  test.each(readRecorded('posts'))('posts/%s has all its images', (_, json) => {
    const post = parsePost('content' in json ? { ...envelope, ...json } : asPost(json))
    expect(post.images.length).toBe(imagesIn(asPost(json)))
  })

  test.each([...readRecorded('synthetic'), ...readRecorded('fragments')])('%s breaks nothing', (_, json) => {
    const whole = asPost(json)
    const post = parsePost(whole)
    const hides = entries(whole['layout']).some(({ type }) => type === 'rows')
    if (!hides) expect(post.images.length).toBe(imagesIn(whole))
  })

  test.each(readRecorded('responses'))('responses/%s is a page, or is refused as none', (_, json) => {
    const response = json['response'] ?? json
    const read = (): number => parsePage(response).posts.length
    if (isRecord(response) && Array.isArray(response['posts'])) expect(read()).toBe(response['posts'].length)
    else expect(read).toThrow(UnreadableError)
  })
})
