/** The function's JavaScript: what an idle run loads in `repost.mjs`, and chunks that wait until they are needed. */
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { type Loads, planLoads } from './loads.ts'

/** Bytes by path, `/` between the parts. */
export type Files = ReadonlyMap<string, Uint8Array>

/** `maps`: the source maps, which are not deployed. */
export type Bundle = { readonly code: Files; readonly maps: Files; readonly loads: Loads }

const root = fileURLToPath(new URL('../../', import.meta.url))
const folder = 'dist/lambda'

/** Bundles `src/repost.ts` in memory. The same bytes on every machine, in every folder; asks no network. */
export async function bundle(): Promise<Bundle> {
  const { version } = JSON.parse(await readFile(`${root}package.json`, 'utf8'))
  const { metafile, outputFiles } = await build({
    absWorkingDir: root,
    // sharp loads with the first image and finds its binary in node_modules. It is listed only to name its chunk.
    entryPoints: [
      { in: 'src/repost.ts', out: 'repost' },
      { in: 'sharp', out: 'sharp' },
    ],
    // Nothing is written there: paths, and the names made from them, must not depend on the folder of the build.
    outdir: folder,
    write: false,
    preserveSymlinks: true,
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    outExtension: { '.js': '.mjs' },
    target: 'node24',
    // The platform's default takes main first, and CommonJS cannot be shaken: 193 KB more.
    mainFields: ['module', 'main'],
    minify: true,
    sourcemap: 'external',
    alias: {
      'form-data': './scripts/build/no-form-data.ts',
      '@aws-sdk/credential-provider-node': './scripts/build/role-credentials.ts',
    },
    define: { LEVITY_VERSION: JSON.stringify(version) },
    // For packages in CommonJS; `var`, which a package's own `require` may shadow.
    banner: {
      js: "import{createRequire as levityRequire}from'node:module';var require=levityRequire(import.meta.url);",
    },
    metafile: true,
    logLevel: 'warning',
  })
  const loads = planLoads(metafile, `${folder}/repost.mjs`)
  const wanted = new Set([loads.idle, ...loads.later].flatMap(({ files }) => files))
  const made = outputFiles.map(({ path, contents }) => [basename(path), contents] as const)
  return {
    code: new Map(made.filter(([name]) => wanted.has(name))),
    maps: new Map(
      made.filter(([name]) => name.endsWith('.map') && wanted.has(name.slice(0, -'.map'.length))),
    ),
    loads,
  }
}
