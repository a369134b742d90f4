/** Changes single values in the text of a `.env` file; everything else stays as a person wrote it. node:util's parseEnv decides what the text means. */
import { parseEnv } from 'node:util'

/** What is to change in the file. */
export type EnvChanges = {
  /** Old names and new ones; the values stay. */
  readonly renamed: ReadonlyMap<string, string>
  readonly set: ReadonlyMap<string, string>
}

/** Where a name and its value are in the text, in UTF-16 units. */
type Assignment = {
  readonly name: string
  readonly nameAt: number
  readonly valueAt: number
  readonly valueEnd: number
}

type Edit = { readonly at: number; readonly end: number; readonly text: string }

const plain = /^[\w.,:/@%+={}-]*$/
const quotes = ["'", '`', '"'] as const

/** A line with quotes of every kind: it shows whether a value leaves a quote open. */
const neighbour = `\nNEXT='"\`'"\``

/** The value as it must be written after `NAME=`; undefined if that is impossible, for parseEnv knows no escapes. */
export function quoteValue(value: string): string | undefined {
  const forms = [
    ...(plain.test(value) ? [value] : []),
    ...quotes.filter((quote) => !value.includes(quote)).map((quote) => quote + value + quote),
    value,
  ]
  return forms.find((form) => parseEnv(`A=${form}${neighbour}`)['A'] === value)
}

/**
 * The text with these changes. A new variable is written below the comment that shows it (`#NAME=…`), or else at the end,
 * below `heading`. Throws an Error with one sentence if a value cannot be written, or if another variable would change.
 */
export function changeEnv(text: string, { renamed, set }: EnvChanges, heading?: string): string {
  const { assignments, examples } = readLines(text)
  const lineBreak = text.includes('\r\n') ? '\r\n' : '\n'
  const edits: Edit[] = assignments.flatMap(({ name, nameAt }) => {
    const other = renamed.get(name)
    return other === undefined ? [] : [{ at: nameAt, end: nameAt + name.length, text: other }]
  })
  const added: string[] = []
  for (const [name, value] of set) {
    const written = quoteValue(value)
    if (written === undefined)
      throw new Error(
        `Expected a value that a .env file can hold for ${name} but received one that it cannot`,
      )
    const there = assignments.findLast((one) => (renamed.get(one.name) ?? one.name) === name)
    const example = examples.get(name)
    if (there) edits.push({ at: there.valueAt, end: there.valueEnd, text: written })
    else if (example === undefined) added.push(`${name}=${written}`)
    else edits.push({ at: example, end: example, text: `${lineBreak}${name}=${written}` })
  }
  const changed = applied(text, edits) + appended(text, added, heading, lineBreak)
  checkOthers(text, changed, { renamed, set })
  return changed
}

function applied(text: string, edits: readonly Edit[]): string {
  return [...edits]
    .sort((a, b) => b.at - a.at || b.end - a.end)
    .reduce((whole, edit) => whole.slice(0, edit.at) + edit.text + whole.slice(edit.end), text)
}

function appended(
  text: string,
  lines: readonly string[],
  heading: string | undefined,
  lineBreak: string,
): string {
  if (lines.length === 0) return ''
  const start = text === '' || text.endsWith('\n') ? '' : lineBreak
  const above = heading === undefined ? [] : [...(text === '' ? [] : ['']), `# ${heading}`]
  return start + [...above, ...lines].map((line) => line + lineBreak).join('')
}

/** Every assignment, and for each name the end of the last comment that shows it. A value in quotes may have several lines. */
function readLines(text: string): {
  readonly assignments: readonly Assignment[]
  readonly examples: ReadonlyMap<string, number>
} {
  const assignments: Assignment[] = []
  const examples = new Map<string, number>()
  for (let at = 0; at < text.length; ) {
    const end = endOfLine(text, at)
    const line = text.slice(at, end)
    const example = /^[^\S\n]*#[^\S\n]*([A-Z][A-Z0-9_]*)=/.exec(line)
    const start = /^([^\S\n]*(?:export[^\S\n]+)?)([^\s#=][^=]*?)([^\S\n]*=[^\S\n]*)/.exec(line)
    if (example) examples.set(example[1] ?? '', at + line.trimEnd().length)
    if (!start) {
      at = end + 1
      continue
    }
    const [whole, before = '', name = ''] = start
    const valueAt = at + whole.length
    const valueEnd = endOfValue(text, valueAt, end)
    assignments.push({ name, nameAt: at + before.length, valueAt, valueEnd })
    at = endOfLine(text, valueEnd) + 1
  }
  return { assignments, examples }
}

function endOfLine(text: string, from: number): number {
  const at = text.indexOf('\n', from)
  return at < 0 ? text.length : at
}

function endOfValue(text: string, at: number, lineEnd: number): number {
  const quote = quotes.find((one) => text[at] === one)
  const close = quote === undefined ? -1 : text.indexOf(quote, at + 1)
  if (close >= 0) return close + 1
  const [bare = ''] = text.slice(at, lineEnd).split('#')
  return at + bare.trimEnd().length
}

/** Throws unless every other variable is read as before, however odd the file is. */
function checkOthers(before: string, after: string, { renamed, set }: EnvChanges): void {
  const was = parseEnv(before)
  const taken = [...renamed.values()].find((name) => was[name] !== undefined)
  if (taken !== undefined) throw new Error(`Expected no ${taken} in the file but received one already`)
  const wanted = new Map(
    Object.entries(was).map(([name, value]) => [renamed.get(name) ?? name, value] as const),
  )
  for (const [name, value] of set) wanted.set(name, value)
  const is = parseEnv(after)
  const odd = [...wanted.keys(), ...Object.keys(is)].find((name) => wanted.get(name) !== is[name])
  if (odd !== undefined)
    throw new Error(
      `Expected to change the file without touching ${odd} but its value would change too: correct the quotes or spaces around it`,
    )
}
