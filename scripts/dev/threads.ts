/** The account's statuses as threads: each with the replies under it. */
import type { SandboxStatus } from '../sandbox/mastodon/mastodon.ts'

export type Thread = readonly [SandboxStatus, ...SandboxStatus[]]

/** Newest thread first, its statuses in order. Deleted statuses are left out; a reply to one begins a thread of its own. */
export function threadsOf(statuses: readonly SandboxStatus[]): readonly Thread[] {
  const threads = new Map<string, [SandboxStatus, ...SandboxStatus[]]>()
  const headOf = new Map<string, string>()
  for (const status of statuses) {
    if (status.deleted) continue
    const head = status.inReplyToId === undefined ? undefined : headOf.get(status.inReplyToId)
    const thread = head === undefined ? undefined : threads.get(head)
    headOf.set(status.id, head ?? status.id)
    if (thread) thread.push(status)
    else threads.set(status.id, [status])
  }
  return [...threads.values()].reverse()
}

export const threadWith = (statuses: readonly SandboxStatus[], id: string): Thread | undefined =>
  threadsOf(statuses).find((thread) => thread.some((status) => status.id === id))
