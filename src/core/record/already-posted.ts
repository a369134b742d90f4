/** Whether a status that links to a post is that post, put there by a ledger that was lost or by another tool (L4, V6). */
import type { Wishes } from '../config/settings.ts'
import { judgePost, type Post } from '../post/post.ts'
import type { Limits } from '../server/limits.ts'
import { chunkEvenly } from '../status/status.ts'

/** What most servers take in one status. */
const usualImages = 4

/** It begins a thread, and has as many images as the first part of one would have: on this server, on most, or on one that takes all. */
export function showsPost(
  status: { readonly mediaIds: readonly string[]; readonly inReplyToId?: string },
  post: Post,
  limits: Limits,
  wishes: Wishes,
): boolean {
  if (status.inReplyToId !== undefined) return false
  const judgement = judgePost(post, wishes)
  const [first, ...others] = judgement.wanted ? judgement.images : post.images
  if (first === undefined) return false
  const images = [first, ...others] as const
  const evenly = [limits.imagesPerStatus, usualImages].map((most) => chunkEvenly(images, most)[0].length)
  return [...evenly, images.length, Math.min(images.length, usualImages)].includes(status.mediaIds.length)
}
