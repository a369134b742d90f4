/** `npm run build`: the function as one file, `dist/lambda/repost.mjs`; its source map lies outside of what is deployed. */
import { mkdir, readFile, rename, rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build, type Metafile } from 'esbuild'

const root = fileURLToPath(new URL('../', import.meta.url))
const bundle = 'dist/lambda/repost.mjs'

/** Bundles `src/repost.ts`; returns a line that says how large it became, and by what. */
export async function buildBundle(): Promise<string> {
  const { version } = JSON.parse(await readFile(`${root}package.json`, 'utf8'))
  await rm(`${root}dist/lambda`, { recursive: true, force: true })
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ['src/repost.ts'],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    // The platform's default takes main first, and CommonJS cannot be shaken: 193 KB more.
    mainFields: ['module', 'main'],
    minify: true,
    sourcemap: 'external',
    // Loaded with the first image, from node_modules: its binary cannot be bundled.
    external: ['sharp'],
    alias: { 'form-data': './scripts/no-form-data.ts' },
    define: { LEVITY_VERSION: JSON.stringify(version) },
    // For packages in CommonJS; `var`, which a package's own `require` may shadow.
    banner: {
      js: "import{createRequire as levityRequire}from'node:module';var require=levityRequire(import.meta.url);",
    },
    metafile: true,
    logLevel: 'warning',
  })
  await mkdir(`${root}dist`, { recursive: true })
  await rename(`${root}${bundle}.map`, `${root}dist/repost.mjs.map`)
  return describe(metafile)
}

function describe({ outputs }: Metafile): string {
  const output = outputs[bundle]
  if (!output) throw new Error(`Expected ${bundle} from esbuild but received ${Object.keys(outputs)}`)
  const byPackage = new Map<string, number>()
  for (const [path, { bytesInOutput }] of Object.entries(output.inputs)) {
    const name = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? 'levity'
    byPackage.set(name, (byPackage.get(name) ?? 0) + bytesInOutput)
  }
  const largest = [...byPackage].sort(([, a], [, b]) => b - a).slice(0, 5)
  const parts = largest.map(([name, bytes]) => `${name} ${Math.round(bytes / 1000)} kB`)
  return `${bundle}: ${output.bytes} bytes (${parts.join(', ')}, …)`
}

if (import.meta.main) console.log(await buildBundle())
