/** What a new status must pass (https://github.com/mastodon/mastodon/blob/main/app/services/post_status_service.rb). */
import type { MediaRoom, SandboxMedia } from './media.ts'
import type { StatusParams } from './params.ts'
import { MastodonRefusal } from './refusal.ts'
import { countCharacters, findHashtags, findMentions } from './text.ts'
import type { Traits } from './traits.ts'

/** A status that passed: what may be stored. */
export type Checked = { readonly params: StatusParams; readonly media: readonly SandboxMedia[] }

export type Rules = {
  readonly traits: Traits
  readonly media: MediaRoom
  /** Lower case. */
  readonly refusedHashtags: ReadonlySet<string>
  /** Whether this status exists. */
  readonly exists: (statusId: string) => boolean
}

export const visibilities: readonly string[] = ['public', 'unlisted', 'private', 'direct']

const languages = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' })
export function isLanguage(tag: string): boolean {
  try {
    return languages.of(tag) !== undefined
  } catch {
    return false
  }
}

/** Throws a MastodonRefusal. `editing` is a status that may keep the media it has. */
export function checkStatus(params: StatusParams, rules: Rules, editing?: string): Checked {
  const { traits } = rules
  const { inReplyToId, visibility = 'public' } = params
  if (inReplyToId !== undefined && !rules.exists(inReplyToId))
    throw new MastodonRefusal('missing', 'The post you are trying to reply to does not appear to exist.')
  const media = checkMedia(params.mediaIds, rules, editing)
  if (traits.lenient) return { params, media }
  if (!visibilities.includes(visibility))
    throw new MastodonRefusal('invalid', 'Validation failed: Visibility is not included in the list')
  checkLanguage(params.language, traits)
  if (params.text.trim() === '' && params.spoilerText.trim() === '' && media.length === 0)
    throw new MastodonRefusal('invalid', "Validation failed: Text can't be blank")
  checkText(params, rules)
  return { params, media }
}

function checkLanguage(language: string | undefined, { unknownLanguage }: Traits): void {
  if (language === undefined || isLanguage(language)) return
  if (unknownLanguage === 'refuse')
    throw new MastodonRefusal('invalid', `language ${language} not recognised`)
  if (unknownLanguage === 'crash') throw new MastodonRefusal('crash', '')
}

/** https://github.com/mastodon/mastodon/tree/main/config/locales: `over_character_limit`, `disallowed_hashtags` */
const sentences = {
  en: {
    tooLong: (most: number) => `Validation failed: Text character limit of ${most} exceeded`,
    disallowed: (tags: readonly string[]) =>
      `Validation failed: Text contained ${tags.length > 1 ? 'the disallowed hashtags' : 'a disallowed hashtag'}: ${tags.join(', ')}`,
  },
  de: {
    tooLong: (most: number) =>
      `Gültigkeitsprüfung ist fehlgeschlagen: Text Zeichenlimit von ${most} überschritten`,
    disallowed: (tags: readonly string[]) =>
      `Gültigkeitsprüfung ist fehlgeschlagen: Text enthält ${tags.length > 1 ? 'verbotene Hashtags' : 'einen verbotenen Hashtag'}: ${tags.join(', ')}`,
  },
} as const

function checkText({ text, spoilerText, allowedMentions }: StatusParams, rules: Rules): void {
  const { traits } = rules
  const { characters } = traits.limits
  const say = sentences[traits.locale]
  if (countCharacters(text, spoilerText, traits) > characters)
    throw new MastodonRefusal('invalid', say.tooLong(characters))
  const refused = findHashtags(text).filter((tag) => rules.refusedHashtags.has(tag.toLowerCase()))
  if (refused.length > 0) throw new MastodonRefusal('invalid', say.disallowed(refused))
  if (!traits.allowedMentions || !allowedMentions) return
  const unexpected = findMentions(text).filter((acct) => !allowedMentions.includes(acct))
  if (unexpected.length > 0)
    throw new MastodonRefusal('invalid', 'Post would be sent to unexpected accounts', {
      unexpected_accounts: unexpected.map((acct) => ({ acct })),
    })
}

function checkMedia(ids: readonly string[], rules: Rules, editing?: string): readonly SandboxMedia[] {
  const { unknownMedia, limits, lenient } = rules.traits
  if (!lenient && ids.length > limits.attachments)
    throw new MastodonRefusal('invalid', `Cannot attach more than ${limits.attachments} files`)
  const found = [...new Set(ids)].flatMap((id) => rules.media.held.get(id) ?? [])
  const free = found.filter(({ attachedTo }) => attachedTo === undefined || attachedTo === editing)
  const usable = unknownMedia === 'twice' ? found : free
  const missing = ids.filter((id) => !usable.some((media) => media.id === id))
  if (missing.length > 0 && unknownMedia === 'refuse') {
    const attached = found.some(({ id }) => missing.includes(id))
    const { kind, message } = rules.traits.refuseMedia(missing, attached)
    throw new MastodonRefusal(kind, message)
  }
  if (usable.some(({ pending }) => pending > 0))
    throw new MastodonRefusal(
      'invalid',
      'Cannot attach files that have not finished processing. Try again in a moment!',
    )
  return usable
}
