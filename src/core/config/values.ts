/** How the text of each setting is read: the value, or undefined for a mistake. */

export const wholeNumber = (text: string, least: number): number | undefined =>
  /^\d{1,9}$/.test(text) && Number(text) >= least ? Number(text) : undefined

const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

/** Takes only scheme, host and port: the rest of an address would be lost, or is a secret. */
export function readOrigin(text: string, plain: 'plain on loopback' | 'never plain'): string | undefined {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return undefined
  const { origin, protocol, hostname, pathname } = new URL(text)
  const safe = protocol === 'https:' || (plain === 'plain on loopback' && loopback.test(hostname))
  return safe && pathname === '/' && !/[?#@]/.test(text) ? origin : undefined
}

/** `LEVITY_START`. */
export type Start =
  | { readonly from: 'now' }
  | { readonly from: 'last'; readonly count: number }
  /** Ms since 1970. */
  | { readonly from: 'since'; readonly time: number }
  | { readonly from: 'all' }

export function readStart(text: string): Start | undefined {
  const [, word, rest] = /^([a-z]+)(?::(.*))?$/i.exec(text) ?? []
  switch (word?.toLowerCase()) {
    case 'now':
    case 'all':
      return rest === undefined ? { from: word?.toLowerCase() === 'now' ? 'now' : 'all' } : undefined
    case 'last': {
      const count = wholeNumber(rest ?? '', 1)
      return count === undefined ? undefined : { from: 'last', count }
    }
    case 'since': {
      const time = readTime(rest?.trim() ?? '')
      return time === undefined ? undefined : { from: 'since', time }
    }
    default:
      return undefined
  }
}

/** ISO 8601, in UTC unless it names a zone, so that it means the same on every machine. */
function readTime(text: string): number | undefined {
  const found = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(Z|[+-]\d\d:\d\d)?)?$/i.exec(text)
  if (found === null) return undefined
  const [, date = '', time = '00:00', zone = 'Z'] = found
  const day = Date.parse(`${date}T00:00Z`)
  // Date reads 30 February as 1 March.
  if (Number.isNaN(day) || new Date(day).toISOString().slice(0, 10) !== date) return undefined
  const moment = Date.parse(`${date}T${time}${zone.toUpperCase()}`)
  return Number.isNaN(moment) ? undefined : moment
}

const unitMs = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
const longestDelayMs = 30 * unitMs.d

export function readDelay(text: string): number | undefined {
  if (text === '0') return 0
  const [, count = '', unit = ''] = /^(\d{1,9})\s*([smhd])$/i.exec(text) ?? []
  const ms = Number(count || Number.NaN) * (unitMs[unit.toLowerCase() as keyof typeof unitMs] ?? Number.NaN)
  return ms <= longestDelayMs ? ms : undefined
}

export function readHashtags(text: string): number | undefined {
  const word = text.toLowerCase()
  return word === 'all' ? Number.POSITIVE_INFINITY : word === 'none' ? 0 : wholeNumber(text, 0)
}

export function readFollow(
  text: string,
): { readonly edits: boolean; readonly deletions: boolean } | undefined {
  const words = text.split(',').map((word) => word.trim().toLowerCase())
  if (words.length === 1 && words[0] === 'none') return { edits: false, deletions: false }
  if (!words.every((word) => word === 'edits' || word === 'deletions')) return undefined
  return { edits: words.includes('edits'), deletions: words.includes('deletions') }
}

/** A line break is written `\n`, for a variable has one line. */
export function readTemplate(text: string): string | undefined {
  const known = /^\{(?:text|link|tags|date|credit)\}$/
  return (text.match(/\{[^{}]*\}/g) ?? []).every((name) => known.test(name))
    ? text.replaceAll('\\n', '\n')
    : undefined
}

/** Two or three letters, and perhaps a region: `pt-BR`. */
export function readLanguage(text: string): string | undefined {
  const [, language, region] = /^([a-z]{2,3})(?:[-_]([a-z]{2}))?$/i.exec(text) ?? []
  if (language === undefined) return undefined
  return region === undefined ? language.toLowerCase() : `${language.toLowerCase()}-${region.toUpperCase()}`
}
