/** What Lambda makes of what happened to a process: the answer its caller gets, and the lines in the log. */
import type { Trouble } from './lambda-log.ts'
import type { Said } from './lambda-runtime-api.ts'

/** `exit`: the process ended by itself or was killed from outside. */
export type Outcome = 'response' | 'error' | 'timeout' | 'memory' | 'exit'

export type Happening =
  | Said
  | { readonly kind: 'exit'; readonly how: string }
  | { readonly kind: 'timeout' | 'memory' }

export type Judged = {
  readonly outcome: Outcome
  /** JSON: the function's answer, or the error as its runtime or Lambda words it. */
  readonly body: string
  readonly note: string
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
      return { outcome: 'error', body: happened.body, note: '' }
    case 'timeout':
      return judgeTimeout(requestId, timeoutMs)
    case 'memory':
      return judgeDeath(
        'memory',
        'Runtime.OutOfMemory',
        'Runtime exited with error: signal: killed',
        requestId,
      )
    case 'exit':
      return judgeDeath('exit', 'Runtime.ExitError', happened.how, requestId)
    case 'next':
      return judgeDeath('exit', 'Runtime.ExitError', 'Runtime left an event without an answer', requestId)
  }
}

function judgeResponse(body: string): Judged {
  if (Buffer.byteLength(body) <= mostAnswerBytes) return { outcome: 'response', body, note: '' }
  const errorMessage = `Response payload size exceeded maximum allowed payload size (${mostAnswerBytes} bytes).`
  return {
    outcome: 'error',
    body: JSON.stringify({ errorMessage, errorType: 'Function.ResponseSizeTooLarge' }),
    note: `${errorMessage}\n`,
  }
}

function judgeTimeout(requestId: string, timeoutMs: number): Judged {
  const after = `Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`
  return {
    outcome: 'timeout',
    body: JSON.stringify({
      errorType: 'Sandbox.Timedout',
      errorMessage: `RequestId: ${requestId} Error: ${after}`,
    }),
    note: `${new Date().toISOString()} ${requestId} ${after}\n\n`,
    trouble: { status: 'timeout' },
  }
}

function judgeDeath(outcome: 'memory' | 'exit', errorType: string, how: string, requestId: string): Judged {
  const errorMessage = `RequestId: ${requestId} Error: ${how}`
  return {
    outcome,
    body: JSON.stringify({ errorType, errorMessage }),
    note: `${errorMessage}\n${errorType}\n`,
    trouble: { status: 'error', error: errorType },
  }
}
