/** The settings as a person reads them: `.env.example`, and the table in the README. Both are printed from the rows. */
import { helpOf, plainHelpOf, type SettingRow } from '../../src/core/config/row.ts'
import { settingRows } from '../../src/core/config/settings.ts'
import { wrap } from '../terminal/wrap.ts'

const rows = [...settingRows.values()]

const columns = 120

const head =
  "# Levity's settings. Copy this file to .env and fill it in. Only the first four are needed; empty counts as unset."

const tail = `# With several routes, put the name of a route before what is its own. A variable without a name in front holds for every route.
#ART_TUMBLR_BLOG=
#ART_MASTODON_ACCESS_TOKEN=
#PHOTOS_TUMBLR_BLOG=
#PHOTOS_LEVITY_START=last:10
`

/** The text of `.env.example`: what is needed, what a hidden blog needs, what a route wants, what all routes share. */
export function printExample(): string {
  const others = rows.filter(({ about }) => !about.needed && !about.forTests)
  const parts = [
    rows.filter(({ about }) => about.needed),
    others.filter(({ about }) => about.secret),
    others.filter(({ about }) => !about.secret && !about.shared),
    others.filter(({ about }) => about.shared),
  ]
  return `${[head, ...parts.map((part) => part.map(printLines).join('\n'))].join('\n\n')}\n${tail}`
}

function printLines({ about, default: usual }: SettingRow): string {
  const help = plainHelpOf(about)
  const told = wrap(`${help.charAt(0).toUpperCase()}${help.slice(1)}.`, columns - 2).map(
    (line) => `# ${line}`,
  )
  const line = about.needed ? `${about.name}=` : `#${about.name}=${usual || about.example || ''}`
  return [...told, line].join('\n')
}

const [begin, end] = ['<!-- settings -->', '<!-- /settings -->']

/** The README with the table of all settings between its two markers. Throws where they are not there. */
export function withTable(readme: string): string {
  const [from, to] = [readme.indexOf(begin), readme.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`Expected ${begin} and ${end} in the README but received none`)
  return `${readme.slice(0, from)}${begin}\n${printTable()}\n${readme.slice(to)}`
}

function printTable(): string {
  const weight = ({ about }: SettingRow): number => (about.needed ? 0 : about.forTests ? 2 : 1)
  const lines = rows
    .toSorted((a, b) => weight(a) - weight(b))
    .map((row) => `| \`${row.about.name}\` | ${helpOf(row.about)} | ${printDefault(row)} |`)
  return ['| variable | meaning | default |', '|---|---|---|', ...lines].join('\n')
}

function printDefault({ about, default: usual }: SettingRow): string {
  if (about.needed) return 'needed'
  return usual ? `\`${usual}\`` : (about.unset ?? 'none')
}
