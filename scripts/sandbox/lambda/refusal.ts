/** Lambda's own answers where it runs nothing: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_Errors */

export type LambdaRefusal = {
  readonly status: 400 | 404 | 413 | 429
  /** Goes out as `X-Amzn-ErrorType`. */
  readonly type: string
  readonly body: Readonly<Record<string, string>>
}

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const mostPayloadBytes = { RequestResponse: 6 * 1024 * 1024, Event: 1024 * 1024 } as const

export const notFound = (arn: string): LambdaRefusal => ({
  status: 404,
  type: 'ResourceNotFoundException',
  body: { Type: 'User', Message: `Function not found: ${arn}` },
})

export const throttled: LambdaRefusal = {
  status: 429,
  type: 'TooManyRequestsException',
  body: {
    Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
    Type: 'User',
    message: 'Rate Exceeded.',
  },
}

export const wrongType = (type: string): LambdaRefusal => ({
  status: 400,
  type: 'ValidationException',
  body: {
    message: `1 validation error detected: Value '${type}' at 'invocationType' failed to satisfy constraint: Member must satisfy enum value set: [Event, RequestResponse, DryRun]`,
  },
})

export function refusePayload(
  bytes: Uint8Array,
  type: 'RequestResponse' | 'Event',
): LambdaRefusal | undefined {
  const most = mostPayloadBytes[type]
  if (bytes.length <= most) return undefined
  const message = `${bytes.length} byte payload is too large for the ${type} invocation type (limit ${most} bytes)`
  return { status: 413, type: 'RequestEntityTooLargeException', body: { Type: 'User', message } }
}

export const notJson = (why: string): LambdaRefusal => ({
  status: 400,
  type: 'InvalidRequestContentException',
  body: {
    Type: 'User',
    message: `Could not parse request body into json: Could not parse payload into json: ${why}`,
  },
})
