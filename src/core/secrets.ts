import type { RouteConfig } from './config.ts'

/** Every secret of these routes, for `redact`. */
export function secretsOf(routes: readonly RouteConfig[]): readonly string[] {
  const all = routes.flatMap(({ tumblr, mastodon }) => [
    tumblr.consumerKey,
    ...(tumblr.oauth ? Object.values(tumblr.oauth) : []),
    mastodon.accessToken,
  ])
  return [...new Set(all)]
}

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
