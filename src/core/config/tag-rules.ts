/** `LEVITY_TAG_RULES`: what the tags of a post do to its statuses. */
import * as v from 'valibot'

export const visibilities = ['public', 'unlisted', 'private', 'direct'] as const
/** Mastodon's four: https://docs.joinmastodon.org/entities/Status/#visibility */
export type Visibility = (typeof visibilities)[number]

/** What a tag of the post does to its statuses. */
export type TagAction =
  | { readonly do: 'cw'; readonly text: string }
  | { readonly do: 'skip' }
  | { readonly do: 'only' }
  | { readonly do: 'sensitive' }
  | { readonly do: 'visibility'; readonly visibility: Visibility }
  /** Reads warnings out of the tags themselves; its rule names no tags. On unless `no preset` is among the rules. */
  | { readonly do: 'preset' }
  | { readonly do: 'no preset' }

/** `tags` are lower case, without `#`; the rule holds for a post that has one of them. */
export type TagRule = { readonly tags: readonly string[]; readonly action: TagAction }

/** A tag without `#` and outer spaces. */
export const bareTag = (tag: string): string => tag.trim().replace(/^#+\s*/, '')

/**
 * Reads `LEVITY_TAG_RULES`: `nsfw=cw:Nudity; "wip; old"=skip; sketch=unlisted; selfie=sensitive; portfolio=only; no preset`.
 * Quotes let a tag or a warning hold `;` and `=`. Every mistake is a sentence of its own in `problems`.
 */
export function parseTagRules(value: string): { readonly rules: TagRule[]; readonly problems: string[] } {
  const rules: TagRule[] = []
  const problems: string[] = []
  for (const part of splitOutsideQuotes(value)) {
    const rule = parseTagRule(part)
    if (typeof rule === 'string') problems.push(rule)
    else rules.push(rule)
  }
  return { rules, problems }
}

const splitOutsideQuotes = (value: string): readonly string[] =>
  (value.match(/(?:"[^"]*"|[^;"]|"(?![^"]*"))+/g) ?? [])
    .map((part) => part.trim())
    .filter((part) => part !== '')

const unquote = (text: string): string =>
  text
    .trim()
    .replace(/^"([^"]*)"$/, '$1')
    .trim()

function parseTagRule(part: string): TagRule | string {
  const word = part.toLowerCase()
  if (word === 'preset' || word === 'no preset') return { tags: [], action: { do: word } }
  const found = /^("[^"]*"|[^"=]+?)\s*=\s*(.*)$/su.exec(part)
  const tag = bareTag(unquote(found?.[1] ?? '')).toLowerCase()
  if (tag === '')
    return `Expected TAG=ACTION, preset or no preset for a tag rule but received ${JSON.stringify(part)}`
  const action = parseAction((found?.[2] ?? '').trim())
  if (action !== undefined) return { tags: [tag], action }
  const expected = 'cw:TEXT, skip, only, sensitive, unlisted, private or direct'
  return `Expected ${expected} for the tag ${JSON.stringify(tag)} but received ${JSON.stringify(found?.[2] ?? '')}`
}

function parseAction(text: string): TagAction | undefined {
  const word = text.toLowerCase()
  if (word === 'skip' || word === 'only' || word === 'sensitive') return { do: word }
  // A rule can only make a post quieter than its route, so `public` would have no effect.
  const visibility = visibilities.find((name) => name === word)
  if (visibility !== undefined && visibility !== 'public') return { do: 'visibility', visibility }
  const warning = unquote(/^cw\s*:(.*)$/isu.exec(text)?.[1] ?? '').replace(/\s+/g, ' ')
  return warning === '' ? undefined : { do: 'cw', text: warning }
}

/** Adds the preset unless the rules say `no preset`: whoever adds a rule must not lose the warnings among the tags. */
const withPreset = (rules: readonly TagRule[]): readonly TagRule[] => {
  if (rules.some(({ action }) => action.do === 'no preset'))
    return rules.filter(({ action }) => action.do !== 'no preset')
  return rules.some(({ action }) => action.do === 'preset')
    ? rules
    : [...rules, { tags: [], action: { do: 'preset' } }]
}

/** Rules have sentences of their own for each mistake. */
export const TagRules = v.pipe(
  v.string(),
  v.rawTransform<string, readonly TagRule[]>(({ dataset, addIssue, NEVER }) => {
    const { rules, problems } = parseTagRules(dataset.value)
    for (const problem of problems) addIssue({ message: problem })
    return problems.length === 0 ? withPreset(rules) : NEVER
  }),
)
