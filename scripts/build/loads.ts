/** What the function loads, and when, by esbuild's account of what it made. */
import { posix } from 'node:path'
import type { Metafile } from 'esbuild'

/** Files by name, their bytes together, and how many of these are whose, most first. */
export type Load = {
  readonly files: readonly string[]
  readonly bytes: number
  readonly packages: readonly (readonly [name: string, bytes: number])[]
}

/** `idle`: what every run loads. `later`: what each `import()` brings on top of that; its own file stands first. */
export type Loads = { readonly idle: Load; readonly later: readonly Load[] }

type Outputs = Metafile['outputs']

/** What nothing leads to from `entry`, a path in `metafile.outputs`, is in neither. */
export function planLoads({ outputs }: Metafile, entry: string): Loads {
  const idle = followImports(outputs, [entry], 'import-statement')
  const all = followImports(outputs, [entry], 'import-statement', 'dynamic-import')
  const doors = new Set(all.flatMap((path) => importsOf(outputs, path, 'dynamic-import')))
  const later = [...doors]
    .filter((path) => !idle.includes(path))
    .sort()
    .map((path) => followImports(outputs, [path], 'import-statement').filter((one) => !idle.includes(one)))
  return { idle: weigh(outputs, idle), later: later.map((paths) => weigh(outputs, paths)) }
}

/** In a person's words, a line for each load. */
export function describeLoads({ idle, later }: Loads): string {
  const lines = later.map((load) => `  ${load.files[0]} waits: ${describe(load)}`)
  return [`An idle run loads ${describe(idle)}`, ...lines].join('\n')
}

function describe({ files, bytes, packages }: Load): string {
  const largest = packages.slice(0, 5).map(([name, size]) => `${name} ${kB(size)}`)
  const more = packages.length > largest.length ? ', …' : ''
  return `${kB(bytes)} in ${files.length} ${files.length === 1 ? 'file' : 'files'} (${largest.join(', ')}${more})`
}

const kB = (bytes: number): string => `${Math.round(bytes / 1000)} kB`

function followImports(outputs: Outputs, from: readonly string[], ...kinds: readonly string[]): string[] {
  const reached = new Set(from)
  // A Set that grows during the loop is visited to its end.
  for (const path of reached) for (const next of importsOf(outputs, path, ...kinds)) reached.add(next)
  return [...reached]
}

function importsOf(outputs: Outputs, path: string, ...kinds: readonly string[]): string[] {
  const imports = outputs[path]?.imports ?? []
  return imports.filter(({ kind, external }) => kinds.includes(kind) && !external).map((one) => one.path)
}

function weigh(outputs: Outputs, paths: readonly string[]): Load {
  const packages = new Map<string, number>()
  let bytes = 0
  for (const path of paths) {
    const output = outputs[path]
    bytes += output?.bytes ?? 0
    for (const [input, { bytesInOutput }] of Object.entries(output?.inputs ?? {})) {
      const name = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1] ?? 'levity'
      packages.set(name, (packages.get(name) ?? 0) + bytesInOutput)
    }
  }
  return {
    files: paths.map((path) => posix.basename(path)),
    bytes,
    packages: [...packages].sort(([, a], [, b]) => b - a),
  }
}
