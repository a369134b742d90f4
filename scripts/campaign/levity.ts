/** The parts of Levity that a scene plays with: the story and what touches the world, as they stand in src/ or with a fault planted. */
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { bundleChanged, type Change } from './changed-source.ts'

export type Levity = {
  readonly runRoute: typeof import('../../src/stories/run/run.ts').runRoute
  readonly oneAtATime: typeof import('../../src/stories/run/invocation.ts').oneAtATime
  readonly parseConfig: typeof import('../../src/core/config/config.ts').parseConfig
  readonly createTumblr: typeof import('../../src/io/tumblr/tumblr.ts').createTumblr
  readonly createMastodon: typeof import('../../src/io/mastodon/create.ts').createMastodon
  readonly createClock: typeof import('../../src/io/clock.ts').createClock
  readonly createImageSource: typeof import('../../src/io/image/source.ts').createImageSource
  readonly createImages: typeof import('../../src/io/image/images.ts').createImages
  readonly openDynamoDb: typeof import('../../src/io/ledger/dynamodb.ts').openDynamoDb
  readonly openLedgerFile: typeof import('../../src/io/ledger/sqlite.ts').openLedgerFile
}

const exports: Readonly<Record<keyof Levity, string>> = {
  runRoute: 'stories/run/run.ts',
  oneAtATime: 'stories/run/invocation.ts',
  parseConfig: 'core/config/config.ts',
  createTumblr: 'io/tumblr/tumblr.ts',
  createMastodon: 'io/mastodon/create.ts',
  createClock: 'io/clock.ts',
  createImageSource: 'io/image/source.ts',
  createImages: 'io/image/images.ts',
  openDynamoDb: 'io/ledger/dynamodb.ts',
  openLedgerFile: 'io/ledger/sqlite.ts',
}

const root = fileURLToPath(new URL('../../', import.meta.url))
/** Inside the project, where the bundle finds its packages. */
const folder = `${root}node_modules/.cache/levity-campaign/`
let made = 0

/** Bundles src/ with these sentences replaced. Throws where one of them does not stand there once. */
export async function loadLevity(changes: readonly Change[] = []): Promise<Levity> {
  const code = await bundleChanged(exports, changes, { packages: 'external' })
  const path = `${folder}${process.pid}-${++made}.mjs`
  await mkdir(folder, { recursive: true })
  await writeFile(path, code)
  try {
    return await import(pathToFileURL(path).href)
  } finally {
    await rm(path, { force: true })
  }
}
