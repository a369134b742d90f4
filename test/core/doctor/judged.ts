/** Facts for a doctor, all well unless a test says otherwise. */
import type { Owner } from '../../../src/core/doctor/account.ts'
import type { Finding } from '../../../src/core/doctor/finding.ts'
import type { FailureFacts } from '../../../src/core/failure/failure.ts'
import { ServiceError } from '../../../src/core/failure/failure.ts'
import type { PostPage } from '../../../src/core/post/post.ts'
import type { RouteRecord } from '../../../src/core/record/route.ts'
import type { Check } from '../../../src/core/report/report.ts'

export const now: number = Date.UTC(2026, 8, 21, 14, 53)
export const hour = 3_600_000
export const here = { route: 'main', several: false }
export const prod = { ...here, stage: 'prod' }

export const found = <T>(value: T): Finding<T> => ({ is: 'found', found: value })
export const notAsked = { is: 'not asked' } as const

/** As the edges tell it. */
export function failed(facts: Partial<FailureFacts> = {}): Extract<Finding<never>, { is: 'failed' }> {
  const whole = {
    service: 'Tumblr',
    doing: 'list posts of moss',
    answer: 'json',
    reason: 'no',
    ...facts,
  } as const
  return { is: 'failed', reason: new ServiceError(whole).message, facts: whole }
}
export const silent = failed({ answer: 'nothing', reason: 'ECONNREFUSED' })

export const page: PostPage = {
  blog: { name: 'moss', uuid: 't:moss', nsfw: false },
  posts: [],
  length: 0,
  unreadable: [],
  totalPosts: 0,
}
export const owner: Owner = {
  id: '7',
  name: 'art',
  url: 'https://m.example/@art',
  bot: true,
  suspended: false,
  limited: false,
}
export const record: RouteRecord = {
  version: 3,
  blog: { name: 'moss', uuid: 't:moss' },
  start: '1',
  startAs: 'now',
  mark: 0,
  page: [],
  server: {
    digest: 'x',
    account: { id: '7', name: 'art', url: 'https://m.example/@art' },
    limits: {
      software: 'mastodon',
      version: '4.6.5',
      characters: 500,
      charactersPerUrl: 23,
      imagesPerStatus: 4,
      altTextCharacters: 1500,
      imageBytes: 16_777_216,
      imagePixels: 33_177_600,
    },
    checkedAt: now,
  },
  succeededAt: now - hour,
}

/** `✗ says → todo`, as a person reads it. */
export const read = ({ ok, says, todo }: Check): string =>
  `${ok ? '✓' : '✗'} ${says}${todo === undefined ? '' : ` → ${todo}`}`
