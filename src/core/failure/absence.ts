/** V1: one answer without a thing does not prove that the thing is gone. */

/** Ms between the first look that did not find it and the one that is believed. */
export const believedAfterMs = 60 * 60 * 1000

/**
 * Whether a thing is gone that this look did not find either. `since`: ms since 1970 of the first look that did not find it,
 * undefined if this is the first. The caller knows that the service answered other questions well.
 */
export const isBelievedGone = (since: number | undefined, now: number): boolean =>
  since !== undefined && now - since >= believedAfterMs
