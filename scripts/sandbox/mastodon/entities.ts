/** What the server answers with (https://docs.joinmastodon.org/entities/). */
import type { SandboxMedia } from './media.ts'
import type { SandboxStatus } from './status.ts'
import { toHtml } from './text.ts'
import type { Traits } from './traits.ts'

export type ServerFacts = {
  url: string
  /** Where statuses are shown to people, if anywhere: `/` and an id behind it lead to one. */
  pages?: string
  readonly accountId: string
  readonly traits: Traits
}
type Json = Readonly<Record<string, unknown>>

export function accountJson({ url, accountId }: ServerFacts): Json {
  return {
    id: accountId,
    username: 'levity',
    acct: 'levity',
    display_name: 'Levity',
    url: `${url}/@levity`,
    uri: `${url}/users/levity`,
    bot: true,
    locked: false,
    created_at: '2024-01-01T00:00:00.000Z',
    note: '',
    fields: [],
    emojis: [],
    source: { privacy: 'public', sensitive: false, language: 'en', note: '', fields: [] },
  }
}

export function mediaJson(media: SandboxMedia, { url, traits }: ServerFacts): Json {
  const { id, width, height, frames } = media
  const file = media.pending > 0 ? null : `${url}/media/${id}`
  const size = { width, height, size: `${width}x${height}`, aspect: height === 0 ? 1 : width / height }
  const extras = traits.measuresMedia ? { meta: { original: size, small: size }, blurhash: null } : {}
  return {
    id,
    type: traits.gifv && frames > 1 ? 'gifv' : 'image',
    url: file,
    preview_url: file,
    remote_url: null,
    description: media.description ?? null,
    ...extras,
  }
}

export function statusJson(status: SandboxStatus, place: ServerFacts): Json {
  const { url, accountId } = place
  const iso = (ms: number): string => new Date(ms).toISOString()
  const boosted = status.kind === 'boost'
  return {
    id: status.id,
    uri: `${url}/users/levity/statuses/${status.id}`,
    url: status.url,
    created_at: iso(status.createdAt),
    edited_at: status.editedAt === undefined ? null : iso(status.editedAt),
    in_reply_to_id: status.inReplyToId ?? null,
    in_reply_to_account_id: status.inReplyToId === undefined ? null : accountId,
    sensitive: status.sensitive,
    spoiler_text: status.spoilerText,
    visibility: status.visibility,
    language: status.language ?? null,
    content: toHtml(status.text, url),
    reblog: boosted
      ? {
          id: '1',
          url: 'https://elsewhere.example/@someone/1',
          content: '<p>Someone else</p>',
          media_attachments: [],
        }
      : null,
    application: status.kind === 'post' ? { name: 'Levity', website: null } : null,
    account: accountJson(place),
    media_attachments: status.media.map((media, nth) =>
      mediaJson(place.traits.renamesMedia ? { ...media, id: `${status.id}_${nth}` } : media, place),
    ),
    mentions: status.pinged.map((acct) => ({
      id: '2',
      username: acct.split('@')[0],
      acct,
      url: `${url}/@${acct}`,
    })),
    tags: status.hashtags.map((name) => ({ name: name.toLowerCase(), url: `${url}/tags/${name}` })),
    emojis: [],
    replies_count: 0,
    reblogs_count: 0,
    favourites_count: 0,
    card: null,
    poll: null,
  }
}

/** The `configuration` of both instance endpoints. */
function configurationJson({ traits }: ServerFacts, version: 1 | 2): Json {
  const { limits, tellsAltTextLimit } = traits
  return {
    statuses: {
      max_characters: limits.characters,
      max_media_attachments: limits.attachments,
      characters_reserved_per_url: limits.charactersPerUrl,
    },
    media_attachments: {
      ...(tellsAltTextLimit.includes(version) && { description_limit: limits.altTextCharacters }),
      image_size_limit: limits.imageBytes,
      image_matrix_limit: limits.imagePixels,
      ...(limits.mimeTypes.length > 0 && { supported_mime_types: [...limits.mimeTypes, 'video/mp4'] }),
    },
  }
}

export function instanceJson(place: ServerFacts, version: 1 | 2): Json {
  const { url, traits } = place
  const { limits } = traits
  const common = { title: 'Sandbox', version: traits.version, description: '', languages: ['en'], rules: [] }
  if (traits.flatInstance)
    return {
      ...common,
      uri: url,
      max_toot_chars: limits.characters,
      upload_limit: limits.imageBytes,
      description_limit: limits.altTextCharacters,
    }
  const configuration = configurationJson(place, version)
  if (version === 1) return { ...common, uri: new URL(url).host, configuration }
  const api = traits.tellsApiVersions ? { api_versions: { mastodon: 7 } } : {}
  return {
    ...common,
    domain: new URL(url).host,
    source_url: 'https://github.com/mastodon/mastodon',
    configuration,
    ...api,
  }
}
