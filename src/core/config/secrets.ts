/** How secrets are kept out of whatever is shown. */

/** Shorter ones would take ordinary words out of sentences; no service gives out so short a key. */
const shortestSecret = 4

/** The text without the secrets, as they are or as an address spells them. */
export function redact(text: string, secrets: readonly string[]): string {
  let clean = text
  for (const secret of secrets.filter((one) => one.length >= shortestSecret)) {
    clean = clean.replaceAll(secret, '(secret)').replaceAll(encodeURIComponent(secret), '(secret)')
  }
  return clean
}

/** For `JSON.stringify`: the secrets are taken out of every text and every name, however deep. */
export const redacting =
  (secrets: readonly string[]) =>
  (_: string, value: unknown): unknown => {
    if (typeof value === 'string') return redact(value, secrets)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [redact(name, secrets), one]))
  }

/** The error as far as it may be told: the name of its class, its message and its stack, and nothing that it carries. */
export function withoutSecrets(error: unknown, secrets: readonly string[]): Error {
  if (!(error instanceof Error)) return new Error(redact(String(error), secrets))
  const told = new Error(redact(error.message, secrets))
  told.name = error.name
  told.stack = redact(error.stack ?? told.message, secrets)
  return told
}
