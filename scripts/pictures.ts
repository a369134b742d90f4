/** `npm run pictures`: takes the README's pictures anew, into `.github/pictures`. It needs Chromium. Exit code 0: done. 1: not. */
import { mkdir, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { noChromium } from './pictures/chromium.ts'
import { takePictures } from './pictures/take.ts'
import type { CommandLine } from './terminal/arguments.ts'
import { run } from './terminal/command.ts'
import { Refusal } from './terminal/refusal.ts'

const folder = new URL('../.github/pictures/', import.meta.url)

async function pictures(): Promise<void> {
  const { files, shows } = await takePictures()
  await mkdir(folder, { recursive: true })
  for (const [name, bytes] of files) {
    await writeFile(new URL(name, folder), bytes)
    console.log(`${fileURLToPath(new URL(name, folder))}: ${Math.ceil(bytes.length / 1000)} kB`)
  }
  await writeFile(new URL('pictures.json', folder), `${JSON.stringify(shows, undefined, 2)}\n`)
}

const command = {
  name: 'pictures',
  says: "Takes the README's pictures anew, into .github/pictures. It needs Chromium.",
  options: {},
  exits: { 0: 'done', 1: 'not done' },
} as const satisfies CommandLine

process.exitCode = await run(command, async () => {
  if (noChromium !== undefined) throw new Refusal(`npm run pictures ${noChromium}`)
  await pictures()
})
