/** The latest invocations. */
import type { Ending, Work } from './run.ts'

export type Invocation = {
  /** The same for every attempt at an event. */
  readonly requestId: string
  readonly type: 'RequestResponse' | 'Event'
  readonly event: unknown
  /** From 1. */
  readonly attempt: number
  /** Ms since 1970. */
  readonly startedAt: number
  /** Absent while it runs. */
  readonly ending?: Ending
}

export interface InvocationLog {
  readonly invocations: readonly Invocation[]
  /** Returns a function to be called with the ending. */
  open(work: Work, type: Invocation['type'], attempt: number): (ending: Ending) => void
}

/** Keeps the latest `keep`. `tell` is called with each as it begins and as it ends. */
export function createInvocationLog(keep: number, tell: (invocation: Invocation) => void): InvocationLog {
  const invocations: Invocation[] = []
  return {
    invocations,
    open({ requestId, payload }, type, attempt) {
      const begun = { requestId, type, event: JSON.parse(payload), attempt, startedAt: Date.now() }
      invocations.push(begun)
      if (invocations.length > keep) invocations.shift()
      tell(begun)
      return (ending) => {
        const ended = { ...begun, ending }
        const at = invocations.indexOf(begun)
        if (at >= 0) invocations[at] = ended
        tell(ended)
      }
    },
  }
}
