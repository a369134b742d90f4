import { expect, test } from 'vitest'
import {
  describeFamily,
  type FamilyName,
  familyOf,
  recogniseFamily,
} from '../../../src/core/server/families.ts'

// What nodeinfo says, and whether it counts like Mastodon, keeps media ids, hides attached media, and keeps keys of what was deleted.
test.each<[name: string, family: FamilyName, traits: readonly [boolean, boolean, boolean, boolean]]>([
  ['Mastodon', 'mastodon', [true, true, true, true]],
  ['hometown', 'mastodon', [true, true, true, true]],
  ['glitch-soc', 'mastodon', [true, true, true, true]],
  ['gotosocial', 'gotosocial', [false, true, false, false]],
  ['hollo', 'hollo', [false, true, false, false]],
  ['snac', 'snac', [false, false, false, false]],
  ['pleroma', 'pleroma', [false, false, false, false]],
  ['akkoma', 'pleroma', [false, false, false, false]],
  ['sharkey', 'misskey', [false, false, false, false]],
  ['friendica', 'friendica', [false, false, false, false]],
  [' Pixelfed ', 'pixelfed', [false, false, false, false]],
  ['takahe', 'other', [false, false, false, false]],
  ['', 'other', [false, false, false, false]],
])('nodeinfo says %s', (name, family, traits) => {
  const software = recogniseFamily(name, '4.6.5', undefined)
  expect(software).toBe(family)
  const { countsLikeMastodon, keepsMediaIds, hidesAttachedMedia, keysTellOfDeletion } = familyOf({ software })
  expect([countsLikeMastodon, keepsMediaIds, hidesAttachedMedia, keysTellOfDeletion]).toEqual(traits)
})

test.each<[version: unknown, source: unknown, family: FamilyName]>([
  ['4.6.5', undefined, 'mastodon'],
  ['3.5.19', undefined, 'mastodon'],
  ['4.3.0rc1', undefined, 'mastodon'],
  ['4.7.0-nightly.2026-08-01', undefined, 'mastodon'],
  ['4.6.0+glitch', 'https://github.com/glitch-soc/mastodon', 'mastodon'],
  ['4.0.2+hometown-1.1.1', 'https://github.com/hometown-fork/hometown', 'mastodon'],
  ['4.6.5', 'https://codeberg.org/superseriousbusiness/gotosocial', 'other'],
  ['4.6.5', null, 'other'],
  ['0.20.0', undefined, 'other'],
  ['1.0.0', undefined, 'other'],
  ['4.2.1 (compatible; Iceshrimp.NET/2025.1)', undefined, 'other'],
  ['4.0.0 (not true; really snac/2.96)', undefined, 'other'],
  ['takahe/0.11.0', undefined, 'other'],
  ['', undefined, 'other'],
  [undefined, undefined, 'other'],
])('without nodeinfo, %s of %s', (version, source, family) => {
  expect(recogniseFamily(undefined, version, source)).toBe(family)
})

test.each<[FamilyName, string]>([
  ['mastodon', 'mastodon'],
  ['other', 'a server of unknown make'],
])('%s is said to be %s', (family, says) => {
  expect(describeFamily(family)).toBe(says)
})
