/** `npm run pictures`: takes the README's pictures anew, into `.github/pictures`. It needs Chromium. Exit code 0: done. 1: not. */
import { mkdir, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { noChromium } from './pictures/chromium.ts'
import { takePictures } from './pictures/take.ts'

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

if (noChromium === undefined) await pictures()
else {
  console.error(`npm run pictures ${noChromium}`)
  process.exitCode = 1
}
