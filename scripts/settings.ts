/** `npm run settings`: writes what is printed of the settings, `.env.example` and the README's table. */
import { readFile, writeFile } from 'node:fs/promises'
import { printExample, withTable } from './build/settings-text.ts'

const example = new URL('../.env.example', import.meta.url)
const readme = new URL('../README.md', import.meta.url)

await writeFile(example, printExample())
await writeFile(readme, withTable(await readFile(readme, 'utf8')))
