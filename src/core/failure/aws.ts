import { type Service, ServiceError } from './failure.ts'

/** For every client of AWS: a call is given 5 s and made at most 4 times, so that a lost connection cannot use up the run's time. */
export const awsBounds = {
  maxAttempts: 4,
  requestHandler: { connectionTimeout: 2000, requestTimeout: 5000, throwOnRequestTimeout: true },
} as const

/** Makes a ServiceError of what AWS's SDK throws. A value that is no Error is returned as it is. */
export function awsFailure(error: unknown, service: Service, doing: string): unknown {
  if (!(error instanceof Error)) return error
  const status = statusOf(error)
  return new ServiceError(
    {
      service,
      doing,
      ...(status !== undefined && { status }),
      answer: status === undefined ? 'nothing' : 'json',
      reason: `${error.name}: ${error.message}`.slice(0, 300),
    },
    error,
  )
}

/** https://docs.aws.amazon.com/AWSJavaScriptSDK/v3/latest/Package/-smithy-types/Type/ResponseMetadata/ */
function statusOf(error: Error & { readonly $metadata?: unknown }): number | undefined {
  const { $metadata: data } = error
  const status =
    typeof data === 'object' && data !== null && 'httpStatusCode' in data ? data.httpStatusCode : undefined
  return typeof status === 'number' ? status : undefined
}
