/** `npm run pictures`: takes the README's pictures anew, into `.github/pictures`. */
import { mkdir, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { CommandLine } from '../terminal/arguments.ts'
import type { Surroundings } from '../terminal/command.ts'
import { Refusal } from '../terminal/refusal.ts'
import { noChromium } from './chromium.ts'
import { takePictures } from './take.ts'

const folder = new URL('../../.github/pictures/', import.meta.url)

export const command = {
  name: 'pictures',
  says: "Takes the README's pictures anew, into .github/pictures. It needs Chromium.",
  options: {},
  exits: { 0: 'done', 1: 'not done' },
} as const satisfies CommandLine

export async function pictures(_: unknown, { output }: Surroundings): Promise<void> {
  if (noChromium !== undefined) throw new Refusal(`npm run pictures ${noChromium}`)
  const { files, shows } = await takePictures()
  await mkdir(folder, { recursive: true })
  for (const [name, bytes] of files) {
    await writeFile(new URL(name, folder), bytes)
    output.write(`${fileURLToPath(new URL(name, folder))}: ${Math.ceil(bytes.length / 1000)} kB\n`)
  }
  await writeFile(new URL('pictures.json', folder), `${JSON.stringify(shows, undefined, 2)}\n`)
}
