/** What Lambda makes of what happened to a process: how the invocation ended, and the answer its caller gets. */
import type { Trouble } from './log.ts'
import type { RuntimeMessage } from './runtime-api.ts'

/** `exit`: the process ended by itself or was killed from outside. */
export type Outcome = 'response' | 'error' | 'timeout' | 'memory' | 'exit'

export type Happening =
  | RuntimeMessage
  | { readonly kind: 'exit'; readonly how: string }
  | { readonly kind: 'timeout' | 'memory' }

export type Judged = {
  readonly outcome: Outcome
  /** JSON: the function's answer, or the error as its runtime or Lambda words it. */
  readonly body: string
  readonly trouble?: Trouble
}

/** 6 MB and a little: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const mostAnswerBytes = 6 * 1024 * 1024 + 100

export function judge(happened: Happening, requestId: string, timeoutMs: number): Judged {
  switch (happened.kind) {
    case 'response':
      return judgeResponse(happened.body)
    case 'error':
    case 'init-error':
      return { outcome: 'error', body: happened.body }
    case 'timeout': {
      const says = `Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`
      return inTrouble('timeout', { status: 'timeout', errorType: 'Sandbox.Timedout', says }, requestId)
    }
    case 'memory': {
      const says = 'Runtime exited with error: signal: killed'
      return inTrouble('memory', { status: 'error', errorType: 'Runtime.OutOfMemory', says }, requestId)
    }
    case 'exit':
      return judgeExit(happened.how, requestId)
    case 'next':
      return judgeExit('Runtime asked for the next event without an answer to this one', requestId)
  }
}

const judgeExit = (says: string, requestId: string): Judged =>
  inTrouble('exit', { status: 'error', errorType: 'Runtime.ExitError', says }, requestId)

function inTrouble(outcome: Outcome, trouble: Trouble, requestId: string): Judged {
  const { errorType, says } = trouble
  const errorMessage = `RequestId: ${requestId} Error: ${says}`
  return { outcome, body: JSON.stringify({ errorType, errorMessage }), trouble }
}

function judgeResponse(body: string): Judged {
  if (Buffer.byteLength(body) <= mostAnswerBytes) return { outcome: 'response', body }
  const errorMessage = `Response payload size exceeded maximum allowed payload size (${mostAnswerBytes} bytes).`
  return {
    outcome: 'error',
    body: JSON.stringify({ errorMessage, errorType: 'Function.ResponseSizeTooLarge' }),
  }
}
