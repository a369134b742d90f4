/** The server: what runs there, and what it takes. */

import type { Check } from '../report/report.ts'
import { describeFamily } from '../server/families.ts'
import type { Limits } from '../server/limits.ts'
import { crossForNotAsked, type Finding, tryLater } from './finding.ts'

export type ServerFacts = { readonly software: string | undefined; readonly limits: Limits }

const check = 'server'

export function judgeServer(asked: Finding<ServerFacts>, url: string): Check {
  if (asked.is === 'not asked') return crossForNotAsked(check)
  if (asked.is === 'failed') return { check, ok: false, says: asked.reason, todo: tryLater }
  const { software, limits } = asked.found
  if (limits.version === 'unknown')
    return {
      check,
      ok: false,
      says: `${url} answers, but does not say what it is, as Mastodon and its relatives do`,
      todo: 'check MASTODON_URL: the address of the server itself, such as https://mastodon.social',
    }
  const name = software ?? describeFamily(limits.software)
  return { check, ok: true, says: `${url} is ${name} ${limits.version}: ${describeLimits(limits)}` }
}

function describeLimits({
  characters,
  imagesPerStatus,
  altTextCharacters,
  imageBytes,
  imagePixels,
}: Limits): string {
  const number = (one: number): string => one.toLocaleString('en', { maximumFractionDigits: 1 })
  const images = imagesPerStatus === 1 ? '1 image' : `${imagesPerStatus} images`
  return `${number(characters)} characters and ${images} a status, ${number(altTextCharacters)} characters an alt text, ${number(imageBytes / 1e6)} MB and ${number(imagePixels / 1e6)} megapixels an image`
}
