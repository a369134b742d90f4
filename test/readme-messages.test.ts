/** The README's catalogue of messages, against what the sources can say. */
import { readFile } from 'node:fs/promises'
import { beforeAll, expect, test } from 'vitest'
import { catalogueOf, type Message, messagesIn, type Row, tellsOf } from './support/messages.ts'

/** What has no row, and why; `path: text`. */
const apart: Readonly<Record<string, RegExp>> = {
  'for those who work on Levity':
    /^scripts\/(?:sandbox|dev|pictures|bench-|costs|chromium|build\/(?:bundle|loads)|build\.ts: …)/,
  'a check of a doctor, which stands beside what to do':
    /^(?:src\/(?:core\/doctor|doctor|diagnosis|question)|scripts\/doctor)/,
  'shown where all is well': /^scripts\/(?:card|screen|plan\/(?:page|status)|plan\.ts|cloud\/summary)/,
  'asked or shown by setup':
    /^scripts\/setup\/(?:choices|first-plan\.ts: (?:None|The first run)|server\.ts: (?:a server of|A status holds|an image …)|set-up\.ts: (?:what was|Next)|sign-in\.ts: (?:Open|open|for)|blog\.ts: (?:OAuth|… in the env)|look-at-blog\.ts: who)/,
  'a word of the code, or a part of a command, a question or a table':
    /: (?:plain on loopback|Forget …\? … Type|out of time|of an unknown version|… → the same bytes|statuses, or why|--with-ledger --yes|… of \.env\.<stage>|\.env\.example \(and fill it in\)|\{text\}\n)/,
}
const isApart = ({ path, text }: Message): boolean =>
  Object.values(apart).some((what) => what.test(`${path}: ${text}`))

let messages: readonly Message[]
let rows: readonly Row[]
beforeAll(async () => {
  messages = await messagesIn(['src', 'scripts'])
  rows = catalogueOf(await readFile(new URL('../README.md', import.meta.url), 'utf8'), 'Every message')
})

test('the catalogue has a row for every message that may tell of something wrong', () => {
  const shown = rows.flatMap((row) => row.messages)
  const missing = messages.filter(
    (one) => one.wrong && !isApart(one) && !shown.some((message) => tellsOf(message, one.text)),
  )
  expect(missing.map(({ path, text }) => `${path}: ${text}`)).toEqual([])
})

test('every message of the catalogue can be said', () => {
  const unsaid = rows.flatMap((row) =>
    row.messages.filter((one) => !messages.some(({ text }) => tellsOf(one, text))),
  )
  expect(unsaid).toEqual([])
})

test('every row has a cause and a cure', () => {
  expect(rows.length).toBeGreaterThan(0)
  for (const { messages: shown, cause, cure } of rows) {
    expect(cause, shown[0]).not.toBe('')
    expect(cure, shown[0]).not.toBe('')
  }
})
