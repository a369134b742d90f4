import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import {
  type CommandLine,
  describeCommand,
  lookOptions,
  readArguments,
  stageOptions,
} from '../../../scripts/terminal/arguments.ts'
import { run, surroundings } from '../../../scripts/terminal/command.ts'
import { Refusal } from '../../../scripts/terminal/refusal.ts'

const say = {
  name: 'say',
  says: 'Says a word.',
  positionals: { form: '[WORD]', words: 'one word', most: 1 },
  options: {
    ...stageOptions,
    often: { takes: 'N', says: 'how often', expects: { pattern: /^\d+$/, words: 'a number' } },
    loud: { says: 'in capitals' },
  },
  exits: { 0: 'it is said', 1: 'it is not' },
} as const satisfies CommandLine

const look = {
  name: 'look',
  says: 'Looks.',
  options: lookOptions,
  exits: { 0: 'done' },
  mistake: 2,
} as const satisfies CommandLine

test('what is given is read by its declaration, the last of two counts', () => {
  expect(readArguments(say, [])).toEqual({
    values: { stage: 'prod', loud: false },
    positionals: [],
  })
  const args = ['--often', '1', 'a', '--often=2', '--loud', '--stage', 'dev', '--region', 'eu-central-1']
  expect(readArguments(say, args)).toEqual({
    values: { stage: 'dev', region: 'eu-central-1', often: '2', loud: true },
    positionals: ['a'],
  })
  expect(readArguments(say, ['--', '--loud'])?.positionals).toEqual(['--loud'])
  expect(readArguments(look, ['--json'])?.values).toEqual({ json: true })
})

test.each<readonly [CommandLine, string, string, 1 | 2]>([
  [say, '--sgate dev', 'an option of npm run say but received --sgate', 1],
  [say, '-x', 'an option of npm run say but received -x', 1],
  [say, '--toString', 'an option of npm run say but received --toString', 1],
  [say, '--loud=yes', '--loud without a value but received --loud=yes', 1],
  [say, '--often', 'N after --often but received nothing', 1],
  [say, '--often --loud', 'N after --often but received --loud', 1],
  [say, '--often=twice', 'a number for --often but received "twice"', 1],
  [say, 'a b', 'one word but received a b', 1],
  [
    say,
    '--stage ../prod',
    'a name of small letters, digits and hyphens (at most 20) for --stage but received "../prod"',
    1,
  ],
  [look, '--stage', 'NAME after --stage but received nothing', 2],
  [look, 'here', 'options alone but received here', 2],
  [look, '--region x', '--region together with --stage but received it without --stage', 2],
])('%s %s: one sentence', (command, line, expected, exitCode) => {
  const sentence = `Expected ${expected} (npm run ${command.name} -- --help shows all options)`
  expect(() => readArguments(command, line.split(' '))).toThrow(new Refusal(sentence, exitCode))
  try {
    readArguments(command, line.split(' '))
  } catch (error) {
    expect(error).toMatchObject({ exitCode })
  }
})

test('help is made from the declaration, whatever else is asked', async () => {
  const output = new PassThrough()
  const args = ['--sgate', '-h']
  const code = await run(say, () => Promise.reject<void>(new Error('It was run')), {
    ...surroundings(),
    args,
    output,
  })
  output.end()
  expect({ code, out: await text(output) }).toEqual({ code: 0, out: `${describeCommand(say)}\n` })
  expect(describeCommand(say)).toBe(`npm run say -- [WORD] [OPTIONS]

Says a word.

  --stage NAME    the stage on AWS (prod unless given)
  --profile NAME  the profile of the AWS CLI
  --region NAME   the AWS region
  --often N       how often
  --loud          in capitals
  -h, --help      prints this

Exit code 0: it is said. 1: it is not.`)
})
