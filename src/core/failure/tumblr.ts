/** Why Tumblr does not show a blog, and the settings that open one which is hidden. */
import type { FailureFacts } from './failure.ts'

/** What a blog needs that is hidden from people without an account. They mean something together only. */
export const userVariables = ['TUMBLR_CONSUMER_SECRET', 'TUMBLR_TOKEN', 'TUMBLR_TOKEN_SECRET'] as const
export const listedUserVariables = 'TUMBLR_CONSUMER_SECRET, TUMBLR_TOKEN and TUMBLR_TOKEN_SECRET'

/** "This Tumblr is only viewable within the Tumblr dashboard", and one behind a password: codes that other clients have seen, absent from the documentation. */
const hiddenCode = 4012
const lockedCode = 4013

/**
 * `hidden`: from people without an account. `locked`: behind a password. `missing`: there is no such blog or post; some blogs
 * that are hidden for their explicit content are said to be missing too.
 */
export type BlogRefusal =
  | 'unknown key'
  | 'limits used up'
  | 'hidden'
  | 'locked'
  | 'missing'
  | 'another reason'

/** For an answer that names a cause. */
export function whyRefused({ status, code }: Pick<FailureFacts, 'status' | 'code'>): BlogRefusal {
  if (status === 401) return 'unknown key'
  if (status === 429) return 'limits used up'
  if (code === hiddenCode) return 'hidden'
  if (code === lockedCode) return 'locked'
  return status === 404 ? 'missing' : 'another reason'
}
