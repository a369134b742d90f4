/** Bundles what stands in src/, with sentences of it replaced: a fault planted, or a rule taken out. */
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { type BuildOptions, build } from 'esbuild'

/** `from` stands exactly once in all of src/, so that a sentence which has moved on is noticed. */
export type Change = { readonly from: string; readonly to: string }

const root = fileURLToPath(new URL('../../', import.meta.url))

/** The code of an ES module that exports those names of files below src/. Throws where a sentence does not stand there once. */
export async function bundleChanged(
  exports: Readonly<Record<string, string>>,
  changes: readonly Change[],
  options: BuildOptions = {},
): Promise<string> {
  const counts = new Map(changes.map(({ from }) => [from, 0]))
  const { outputFiles } = await build({
    stdin: {
      contents: Object.entries(exports)
        .map(([name, path]) => `export { ${name} } from './src/${path}'`)
        .join('\n'),
      resolveDir: root,
    },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    logLevel: 'silent',
    ...options,
    write: false,
    plugins: [
      {
        name: 'replace sentences',
        setup(building) {
          building.onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, async ({ path }) => {
            let contents = await readFile(path, 'utf8')
            for (const { from, to } of changes) {
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
  for (const [from, count] of counts)
    if (count !== 1) throw new Error(`Expected to find once in src/ but found ${count} times: ${from}`)
  return outputFiles[0]?.text ?? ''
}
