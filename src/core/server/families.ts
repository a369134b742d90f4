/**
 * What each family of servers that speak Mastodon's API does differently, one row a family. A new family is a row here, a
 * row in the sandbox (`scripts/sandbox/mastodon/families.ts`) and a line in its test; no other code compares names.
 *
 * The fields are what the code asks. The comment of a row is what was seen of that family, and why other code is as it is:
 * a name that it does not have, Levity treats as `other`, which is the safe choice everywhere.
 */

export type Family = {
  /** What nodeinfo calls the software, in lower case, with the forks that do the same. */
  readonly names: readonly string[]
  /**
   * How an instance's `version` and `source_url` tell it, for a server that does not answer nodeinfo. Others copy the form
   * of the version, but say where their own source is; v1 has no such field.
   */
  readonly signs?: { readonly version: RegExp; readonly source: RegExp }
  /**
   * Counts graphemes, every link as `charactersPerUrl`, and `@user@domain` as `@user`. Where not, code points are counted,
   * which are never fewer, and links in full.
   */
  readonly countsLikeMastodon: boolean
  /** Statuses show media under the ids that the uploads got, and a create that names media it cannot attach is refused (V6). */
  readonly keepsMediaIds: boolean
  /** Answers 404 for media that are attached to a status, as for media that are gone. */
  readonly hidesAttachedMedia: boolean
  /** Answers 404 to a repeated Idempotency-Key whose status its owner has deleted. */
  readonly keysTellOfDeletion: boolean
  /** Where the limit of alt texts is said, beside the usual places: names of fields, from the instance down. */
  readonly altTextLimitAt?: readonly string[]
}

const other: Family = {
  names: [],
  countsLikeMastodon: false,
  keepsMediaIds: false,
  hidesAttachedMedia: false,
  keysTellOfDeletion: false,
}

const rows = {
  /**
   * The forks count as Mastodon does. Keys last an hour; a repeat under one looks for the status that was made, and finds
   * none where it was deleted: https://github.com/mastodon/mastodon/blob/main/app/services/post_status_service.rb
   * (`idempotency_duplicate`). A limit ends at `X-RateLimit-Reset`, in ISO 8601. Before 4.3 the server does not say what a
   * token may do.
   */
  mastodon: {
    names: ['mastodon', 'hometown', 'glitch-soc'],
    // `4.6.5`, `4.7.0-alpha.1`, `4.3.0rc1`, `4.6.0+glitch`; not `4.0.0 (not true; really snac/2.96)`.
    signs: {
      version: /^[2-9]\d*\.\d+\.\d+(?:-?(?:alpha|beta|rc|nightly|dev|security)[\w.-]*)?(?:\+[\w.-]+)?$/i,
      source: /mastodon|hometown/i,
    },
    countsLikeMastodon: true,
    keepsMediaIds: true,
    hidesAttachedMedia: true,
    keysTellOfDeletion: true,
  },
  /**
   * Advertises a length for links and does not apply it. No idempotency keys. Answers 400 where Mastodon has 422, also for
   * an unknown language. Refuses media as "media already attached to status" or "media not found". Sends `Retry-After` when
   * overloaded. Does not say what a token may do.
   */
  gotosocial: { ...other, names: ['gotosocial'], keepsMediaIds: true },
  /**
   * Reads texts as Markdown, and links `#123` as a hashtag. Keys last an hour, but two calls at once make two statuses. An
   * error may be a Zod object, with or without a name. Names a file after its MIME type. Ignores alt texts in edits.
   */
  hollo: { ...other, names: ['hollo'], keepsMediaIds: true },
  /**
   * Has no v2 of the instance. No idempotency keys, and attaches media twice. Shows media under ids made of the status's
   * (https://codeberg.org/grunfink/snac2/src/branch/master/mastoapi.c, `mastoapi_status`), and an edit leaves them. Answers a
   * bad token with a page and 422. Links `#123` as a hashtag. Passes on every byte of an image, and names a file after its MIME
   * type. Does not say what a token may do.
   */
  snac: { ...other, names: ['snac'] },
  /**
   * Keeps any answer under its key alone, whoever sent it. Older ones show media under a digest of their address. Errors are
   * `{errors: {detail}}`. The type `application/octet-stream` means that anything is taken.
   */
  pleroma: {
    ...other,
    names: ['pleroma', 'akkoma', 'rebased'],
    altTextLimitAt: ['pleroma', 'metadata', 'description_limit'],
  },
  /** No idempotency keys. Errors are `{error: {message, code}}`. Older Sharkeys answer 401 to every image they cannot take. */
  misskey: { ...other, names: ['misskey', 'sharkey', 'firefish', 'iceshrimp', 'iceshrimp.net'] },
  /** Has v1 of uploads alone. */
  friendica: { ...other, names: ['friendica'] },
  /** Older ones have v1 of uploads alone. */
  pixelfed: { ...other, names: ['pixelfed'] },
  other,
} satisfies Record<string, Family>

export type FamilyName = keyof typeof rows

export const families: Readonly<Record<FamilyName, Family>> = rows

export const isFamilyName = (name: unknown): name is FamilyName =>
  typeof name === 'string' && Object.hasOwn(families, name)

/** The row of a server. */
export const familyOf = ({ software }: { readonly software: FamilyName }): Family => families[software]

/** As a person reads it. */
export const describeFamily = (name: FamilyName): string =>
  name === 'other' ? 'a server of unknown make' : name

/** `name` is nodeinfo's, where that was asked: it decides. `version` and `source` are what the instance says, if anything. */
export function recogniseFamily(name: string | undefined, version: unknown, source: unknown): FamilyName {
  const plain = name?.trim().toLowerCase()
  const found = Object.keys(families)
    .filter(isFamilyName)
    .find((family) => {
      const { names, signs } = families[family]
      if (plain !== undefined) return names.includes(plain)
      if (signs === undefined || typeof version !== 'string' || !signs.version.test(version.trim()))
        return false
      return source === undefined || (typeof source === 'string' && signs.source.test(source))
    })
  return found ?? 'other'
}
