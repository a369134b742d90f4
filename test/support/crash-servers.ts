/** The servers that crashes are played on, each as bad as running ones are. */
import { type MastodonOptions, softwareNames } from '../../scripts/sandbox/mastodon/families.ts'

export type NamedServer = { readonly name: string; readonly mastodon: MastodonOptions }

const minute = 60_000

/** The few that every test run takes. */
export const mainServers: readonly [NamedServer, ...NamedServer[]] = [
  { name: 'Mastodon', mastodon: {} },
  { name: 'no keys, drops unknown media', mastodon: { idempotency: 'none', unknownMedia: 'drop' } },
  { name: 'broken keys, lands late', mastodon: { idempotency: 'broken', landLate: 8 * minute } },
  {
    name: 'no keys, attaches media twice, lands late',
    mastodon: {
      idempotency: 'none',
      unknownMedia: 'twice',
      attachedMediaVisible: true,
      landLate: 8 * minute,
    },
  },
  { name: 'racy keys, drops unknown media', mastodon: { idempotency: 'racy', unknownMedia: 'drop' } },
  { name: 'snac', mastodon: { software: 'snac' } },
]

const keys = ['good', 'none', 'broken', 'racy', 'keyed-alone'] as const
const unknownMedia = ['refuse', 'drop', 'twice'] as const
const families = softwareNames.filter((software) => software !== 'mastodon')

/** All of them. */
export const allServers: readonly NamedServer[] = [
  ...keys.flatMap((idempotency) =>
    unknownMedia.flatMap((media) =>
      [undefined, 8 * minute].map((landLate) => ({
        name: `${idempotency} keys, unknown media: ${media}${landLate === undefined ? '' : ', lands late'}`,
        mastodon: { idempotency, unknownMedia: media, landLate },
      })),
    ),
  ),
  ...families.map((software) => ({ name: software, mastodon: { software } })),
  ...families.map((software) => ({
    name: `${software}, lands late`,
    mastodon: { software, landLate: 8 * minute },
  })),
  { name: 'images take their time', mastodon: { processing: 1 } },
]
