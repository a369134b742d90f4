/** `npm run settings`: prints the rows of the settings into `.env.example` and the README's table. `npm run format` calls it. */
import { readFile, writeFile } from 'node:fs/promises'
import { printExample, withTable } from './build/settings-text.ts'
import type { CommandLine } from './terminal/arguments.ts'
import { run } from './terminal/command.ts'

const command = {
  name: 'settings',
  says: 'Prints the rows of the settings into .env.example and into the table of the README.',
  options: {},
  exits: { 0: 'done', 1: 'something is wrong' },
} as const satisfies CommandLine

process.exitCode = await run(command, async () => {
  const example = new URL('../.env.example', import.meta.url)
  const readme = new URL('../README.md', import.meta.url)
  await writeFile(example, printExample())
  await writeFile(readme, withTable(await readFile(readme, 'utf8')))
})
