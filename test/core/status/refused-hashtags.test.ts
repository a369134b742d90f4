import { describe, expect, test } from 'vitest'
import { type FailureFacts, ServiceError } from '../../../src/core/failure/failure.ts'
import { withoutRefusedHashtags } from '../../../src/core/status/refused-hashtags.ts'

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
const bare = 'A cat'

describe('E5: what is sent after a refusal that may mean hashtags', () => {
  test.each<[string, string, unknown]>([
    [
      'without the one that English names',
      'A #cat\n\n#Media2024',
      refused('Text contained a disallowed hashtag: art'),
    ],
    ['without any where another language names it', bare, refused(german)],
    ['without any where the family says 400', bare, refused(german, { status: 400 })],
    ['without any where nothing is named', bare, refused('Validation failed')],
    ['without any where English names one that is not there', bare, refused('disallowed hashtag: dog')],
  ])('%s', (_, expected, error) => {
    expect(withoutRefusedHashtags(text, error)).toBe(expected)
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
    expect(withoutRefusedHashtags(text, error)).toBe(text)
  })

  test('a text without hashtags stays as it is', () => {
    expect(withoutRefusedHashtags('A cat #1', refused('Validation failed'))).toBe('A cat #1')
  })
})
