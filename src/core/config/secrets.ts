/** Keeps secrets out of everything that is shown. */

/** A shorter one could be part of an ordinary word. No service gives out so short a key. */
const shortestSecret = 4

/** The text without the secrets, plain or as an address encodes them. */
export function redact(text: string, secrets: readonly string[]): string {
  let clean = text
  for (const secret of secrets.filter((one) => one.length >= shortestSecret)) {
    clean = clean.replaceAll(secret, '(secret)').replaceAll(encodeURIComponent(secret), '(secret)')
  }
  return clean
}

/** For `JSON.stringify`: takes the secrets out of every text and every name, however deep. */
export const redacting =
  (secrets: readonly string[]) =>
  (_: string, value: unknown): unknown => {
    if (typeof value === 'string') return redact(value, secrets)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [redact(name, secrets), one]))
  }

/** The error as it may be shown: its class's name, its message and its stack without secrets, and no other properties. */
export function withoutSecrets(error: unknown, secrets: readonly string[]): Error {
  if (!(error instanceof Error)) return new Error(redact(String(error), secrets))
  const told = new Error(redact(error.message, secrets))
  told.name = error.name
  told.stack = redact(error.stack ?? told.message, secrets)
  return told
}
