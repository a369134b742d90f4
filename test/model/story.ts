/** The story as it stands in src/, or with one sentence of it replaced: a rule taken out. */
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/** `from` stands exactly once in all of src/, so that a rule which moved on fails the test instead of passing it. */
export type Change = { readonly from: string; readonly to: string }

export type Story = {
  readonly runRoute: typeof import('../../src/stories/run/run.ts').runRoute
  readonly createClock: typeof import('../../src/io/clock.ts').createClock
  /** The story's own class: each bundle has one. */
  readonly ServiceError: typeof import('../../src/core/failure/failure.ts').ServiceError
}

/** A listing is longer than a run from two pages on, so that a few posts reach what 500 would. */
const scale: Change = { from: 'const pagesPerRun = 25', to: 'const pagesPerRun = 2' }

const root = fileURLToPath(new URL('../../', import.meta.url))

export async function loadStory(changes: readonly Change[] = []): Promise<Story> {
  const wanted = [scale, ...changes]
  const counts = new Map(wanted.map(({ from }) => [from, 0]))
  const { readFile } = await import('node:fs/promises')
  const result = await build({
    stdin: {
      contents: `export { runRoute } from './src/stories/run/run.ts'\nexport { createClock } from './src/io/clock.ts'\nexport { ServiceError } from './src/core/failure/failure.ts'`,
      resolveDir: root,
    },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    logLevel: 'silent',
    plugins: [
      {
        name: 'take a rule out',
        setup(building) {
          building.onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, async ({ path }) => {
            let contents = await readFile(path, 'utf8')
            for (const { from, to } of wanted) {
              const parts = contents.split(from)
              counts.set(from, (counts.get(from) ?? 0) + parts.length - 1)
              contents = parts.join(to)
            }
            return { contents, loader: 'ts' }
          })
        },
      },
    ],
  })
  for (const [from, count] of counts) {
    if (count !== 1) throw new Error(`Expected to find once in src/ but found ${count} times: ${from}`)
  }
  const code = result.outputFiles[0]?.text ?? ''
  return import(`data:text/javascript;base64,${Buffer.from(code).toString('base64')}`)
}
