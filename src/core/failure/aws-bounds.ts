/** For every client of AWS: a call is given 5 s and made at most 4 times, so that a lost connection cannot eat the run. */
export const awsBounds = {
  maxAttempts: 4,
  requestHandler: { connectionTimeout: 2000, requestTimeout: 5000, throwOnRequestTimeout: true },
} as const
