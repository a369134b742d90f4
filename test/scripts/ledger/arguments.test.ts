import { expect, test } from 'vitest'
import { type LedgerArguments, command as ledger, readAsked } from '../../../scripts/ledger/arguments.ts'
import { readArguments } from '../../../scripts/terminal/arguments.ts'

const id = '834068704692011014'

/** Undefined where help is asked for. */
function read(line: string): LedgerArguments | undefined {
  const given = readArguments(
    ledger,
    line.split(' ').filter((word) => word !== ''),
  )
  return given && readAsked(given)
}

test.each([
  ['', { do: 'list' }],
  ['list parked --last 5', { do: 'list', state: 'parked', last: 5 }],
  ['posted', { do: 'list', state: 'posted' }],
  ['skipped', { do: 'list', state: 'skipped' }],
  ['retry parked', { do: 'retry', which: 'parked' }],
  [
    `retry ${id} ${id} ${id}#2`,
    {
      do: 'retry',
      which: [
        { id, copy: 1 },
        { id, copy: 2 },
      ],
    },
  ],
  [`skip ${id} --reason no`, { do: 'skip', which: [{ id, copy: 1 }], reason: 'no' }],
  [`posted ${id}`, { do: 'posted', which: [{ id, copy: 1 }], urls: [] }],
  [
    `posted ${id} https://x.example/@a/1`,
    { do: 'posted', which: [{ id, copy: 1 }], urls: ['https://x.example/@a/1'] },
  ],
  [`forget ${id} --yes`, { do: 'forget', which: [{ id, copy: 1 }], yes: true }],
  ['forget --everything --route art', { do: 'forget', which: 'everything', yes: false }],
  ['export', { do: 'export' }],
  ['export a.jsonl', { do: 'export', file: 'a.jsonl' }],
  ['import a.jsonl --replace', { do: 'import', file: 'a.jsonl', replace: true }],
] as const)('%j is understood', (line, command) => {
  expect(read(line)?.command).toEqual(command)
})

test.each([
  ['lst', /^Expected list, retry, skip, posted, forget, export or import but received lst /],
  ['list gone', /^Expected one of posted, waiting, .* or nothing for list but received gone /],
  ['--last 0', /^Expected a number from 1 for --last but received "0" /],
  ['retry', /^Expected the id of a post for retry but received none /],
  ['retry 07', /^Expected the id of a post \(digits\) for retry but received 07 /],
  ['retry 7#0', /received 7#0 /],
  ['retry parked 7', /received parked /],
  [
    'posted 7 8 https://x.example/1',
    /^Expected one post beside the addresses of its statuses but received 2 posts /,
  ],
  ['posted 7 x.example/1', /received x\.example\/1 /],
  ['forget 7 --everything --route art', /^Expected either ids or --everything but received both /],
  ['forget --everything', /^Expected --route and its name beside --everything but received none /],
  ['import', /^Expected a file for import but received none /],
  ['export a b', /^Expected one file for export but received 2 /],
  ['retry 7 --yes', /^Expected --yes with forget alone but received it with retry /],
  ['--region eu-central-1', /^Expected --region together with --stage but received it without --stage /],
  ['--stage ../prod', /^Expected a name of small letters, digits and hyphens \(at most 20\) for --stage /],
  ['--sgate prod', /^Expected an option of npm run ledger but received --sgate \(npm run ledger -- --help /],
])('%j is refused in a sentence', (line, sentence) => {
  expect(() => read(line)).toThrow(sentence)
})
