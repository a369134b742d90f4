import { describe, expect, test } from 'vitest'
import { type FailureFacts, ServiceError } from '../../../src/core/failure/failure.ts'
import { withoutHashtags, withoutNamedHashtag } from '../../../src/core/status/refused-hashtags.ts'

const refused = (reason: string, more: Partial<FailureFacts> = {}): ServiceError =>
  new ServiceError({
    service: 'Mastodon',
    doing: 'create a status',
    status: 422,
    answer: 'json',
    reason,
    ...more,
  })
const german = 'Gültigkeitsprüfung ist fehlgeschlagen: Text enthält einen verbotenen Hashtag: media2024'
const text = 'A #cat\n\n#Media2024 #art'

test.each<[string, string, unknown]>([
  ['the one that is named', 'A #cat\n\n#Media2024', refused('Text contained a disallowed hashtag: art')],
  ['none where it is not there', text, refused('Text contained a disallowed hashtag: dog')],
  ['none where another language names it', text, refused(german)],
])('E5: after a refusal is dropped %s', (_, expected, error) => {
  expect(withoutNamedHashtag(text, error)).toBe(expected)
})

describe('E5: a refusal that may mean any hashtag drops all', () => {
  test.each<[string, unknown]>([
    ['where another language names it', refused(german)],
    ['where the family says 400', refused(german, { status: 400 })],
    ['where nothing is named', refused('Validation failed')],
    ['where English names one that is not there', refused('disallowed hashtag: dog')],
  ])('%s', (_, error) => {
    expect(withoutHashtags(text, error)).toBe('A cat')
  })

  test.each<[string, unknown]>([
    ['a limit of characters', refused('Validation failed: Text character limit of 500 exceeded')],
    [
      'a limit, in German',
      refused('Gültigkeitsprüfung ist fehlgeschlagen: Text Zeichenlimit von 500 überschritten'),
    ],
    ['too many images', refused('Cannot attach more than 4 files')],
    ['an image that is being processed', refused('Cannot attach files that have not finished processing.')],
    ['media', refused('Media 1 not found or already attached to another post')],
    ['media, in another language', refused('unbekannt', { namesMedia: true })],
    ['a language', refused('language xx not recognised')],
    ['a poll', refused('Validation failed: Poll options are too long')],
    ['mentions', refused('Post would be sent to unexpected accounts')],
    ['a refusal of another kind', refused(german, { status: 404 })],
    ['a page', refused(german, { answer: 'other' })],
    ['a dead token', refused(german, { tokenWorks: false })],
    ['a bug', new Error(german)],
  ])('%s leaves them', (_, error) => {
    expect(withoutHashtags(text, error)).toBe(text)
  })

  test('a text without hashtags stays as it is', () => {
    expect(withoutHashtags('A cat #1', refused('Validation failed'))).toBe('A cat #1')
  })
})
