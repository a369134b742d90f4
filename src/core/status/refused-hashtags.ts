/** What is left of a text whose hashtags may be why the server refused it (E5). */
import { disallowedHashtag, isDefiniteRefusal, isStillProcessing, ServiceError } from '../failure/failure.ts'
import { findHashtags } from './hashtags.ts'
import { dropHashtags } from './text.ts'

/** Words of the other things that a server limits, in the language that most servers speak. */
const otherLimits =
  /character|media|file|image|attach|language|visibility|poll|account|mention|blank|repl(?:y|ies)|processing/i

/** The text without the hashtag that the refusal names. */
export function withoutNamedHashtag(text: string, error: unknown): string {
  const named = disallowedHashtag(error)
  return named === undefined ? text : dropHashtags(text, named)
}

/**
 * The text without any hashtag, where the refusal may mean one of them; else the text as it is. Servers speak their
 * administrator's language, and a limit is a number in all of them: what names none of our other limits may mean hashtags.
 */
export const withoutHashtags = (text: string, error: unknown): string =>
  mayMeanHashtags(error, text) ? dropHashtags(text) : text

function mayMeanHashtags(error: unknown, text: string): boolean {
  // Some families have 400 where Mastodon has 422.
  if (!(error instanceof ServiceError) || ![400, 422].includes(error.facts.status ?? 0)) return false
  if (!isDefiniteRefusal(error) || isStillProcessing(error) || error.facts.tokenWorks === false) return false
  const hashtags = findHashtags(text)
  // A hashtag may have a number in it, or one of those words.
  const said = hashtags.reduce(
    (reason, hashtag) => reason.replaceAll(hashtag.toLowerCase(), ''),
    error.facts.reason.toLowerCase(),
  )
  return hashtags.length > 0 && !/\p{Nd}/u.test(said) && !otherLimits.test(said)
}
