import { expect, test } from 'vitest'
import { emptyReport } from '../../../src/core/report/draft.ts'
import { type Report, readReport } from '../../../src/core/report/report.ts'

const full: Report = {
  version: '1.2.3',
  ms: 1200,
  routes: [
    {
      route: 'art',
      outcome: 'more',
      posted: [{ post: '7', statuses: ['https://social.example/@moss/1'] }],
      skipped: [{ post: '6', reason: 'it has no image' }],
      retrying: [{ post: '5', reason: 'no answer', attempts: 2, next: '2026-01-01T12:00:00.000Z' }],
      parked: [{ post: '4', reason: 'it is torn', attempts: 5 }],
      edited: ['3'],
      deleted: ['2'],
      waiting: 3,
      why: 'no answer',
      failed: true,
    },
    {
      ...emptyReport('photos'),
      plan: [
        {
          post: '8',
          url: 'https://moss.tumblr.com/post/8',
          due: '2026-01-01T12:05:00.000Z',
          statuses: [
            {
              text: 'moss',
              spoilerText: 'spores',
              sensitive: true,
              visibility: 'unlisted',
              language: 'en',
              characters: { count: 10, most: 500 },
              posted: 'https://social.example/@moss/2',
              images: [
                {
                  url: 'https://64.media.tumblr.com/a.jpg',
                  change: 'shrunk',
                  altText: 'Moss.',
                  from: { bytes: 900, width: 40, height: 30 },
                  to: { bytes: 300, width: 20, height: 15, mimeType: 'image/jpeg' },
                },
              ],
            },
          ],
        },
      ],
      next: 'What the blog publishes from now on is posted 5 minutes later.',
    },
    {
      ...emptyReport('notes'),
      checks: [{ check: 'token', ok: false, says: 'refused', todo: 'make another' }],
    },
  ],
  sent: ['art'],
  unsent: [{ route: 'photos', reason: 'no answer' }],
}

test('a report is read back as it was written', () => {
  expect(readReport(JSON.parse(JSON.stringify(full)))).toEqual(full)
})

test('what an older version does not say is empty', () => {
  const status = { text: 'moss', sensitive: false, visibility: 'public', images: [] }
  const plan = [{ post: '8', url: 'https://moss.tumblr.com/post/8', statuses: [status] }]
  expect(readReport({ routes: [{ route: 'art', outcome: 'done', plan }] })).toEqual({
    version: 'unknown',
    ms: 0,
    routes: [{ ...emptyReport('art'), plan }],
  })
})

test('what a newer version says besides is left out, and its outcomes stay as they are', () => {
  const route = { ...emptyReport('art'), outcome: 'paused', mood: 'calm' }
  const { mood: _, ...known } = route
  const report = { version: '9.9.9', ms: 1, routes: [route], mood: 'calm' }
  expect(readReport(report)).toEqual({ version: '9.9.9', ms: 1, routes: [known] })
})

test.each([
  undefined,
  null,
  'done',
  {},
  { errorMessage: 'art: no answer' },
  { routes: 7 },
  { routes: [{ route: 'art' }] },
  { routes: [{ ...emptyReport('art'), posted: 7 }] },
])('%j is no report', (answer) => {
  expect(readReport(answer)).toBeUndefined()
})
