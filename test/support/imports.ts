/** The rules of the house, over the imports of `src/`. */

export type Sources = Readonly<Record<string, string>>
type Import = { readonly from: string; readonly types: boolean }

/** Every import and re-export, dynamic ones too; `types` where nothing is left of it at run time. */
export function importsOf(source: string): readonly Import[] {
  const code = source.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
  const found = code.matchAll(
    /(?:^|[\n;])\s*(?:import|export)\s+(type\s+)?(\{[^}]*\}|[\w$*\s,]+(?:\{[^}]*\})?)\s*from\s*['"]([^'"]+)['"]/g,
  )
  const named = [...found].map(([, type, names = '', from = '']) => ({
    from,
    types:
      type !== undefined ||
      (/^\{[^}]*\}$/.test(names.trim()) &&
        names
          .replace(/[{}]/g, '')
          .split(',')
          .filter((name) => name.trim() !== '')
          .every((name) => /^\s*type\s/.test(name))),
  }))
  const bare = [
    ...code.matchAll(/(?:^|[\n;])\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/g),
  ]
  return [...named, ...bare.map(([, effect, dynamic]) => ({ from: effect ?? dynamic ?? '', types: false }))]
}

const isRelative = (from: string): boolean => from.startsWith('.')
const packageOf = (from: string): string => /^(?:@[^/]+\/)?[^/]+/.exec(from)?.[0] ?? from

/** The path of a relative import, seen from the folder that all sources share. */
function resolve(importer: string, from: string): string {
  const parts = importer.split('/').slice(0, -1)
  for (const step of from.split('/')) {
    if (step === '..') parts.pop()
    else if (step !== '.') parts.push(step)
  }
  return parts.join('/')
}

/** `tumblr-call.ts` is of the room of `tumblr.ts`. */
const roomOf = (path: string): string => {
  const [, folder, name = ''] = /^(?:(core|io)\/)?(.*)$/.exec(path) ?? []
  if (folder === 'core') return 'core'
  return folder === 'io' ? `io/${name.replace(/(?:-.*)?\.ts$/, '')}` : 'story'
}

/** What one thing of the outside is reached with, where that is more than one package. */
const ownPackages: Readonly<Record<string, readonly string[]>> = {
  'io/ledger': ['@aws-sdk/client-dynamodb', '@aws-sdk/util-dynamodb'],
}

/** They wire, and may import everything; nothing but another door imports them. */
const doors = ['repost.ts', 'diagnosis.ts']

/** Every breach, as a sentence; paths are relative to `src/`. */
export function findBreaches(sources: Sources): readonly string[] {
  return [
    ...Object.entries(sources).flatMap(([path, source]) => [
      ...importsOf(source).flatMap((one) => breachOf(path, one) ?? []),
      ...findEnvironment(path, source),
    ]),
    ...findTwoPackages(sources),
    ...findCycles(sources),
  ]
}

function breachOf(path: string, { from, types }: Import): string | undefined {
  const room = roomOf(path)
  const breach = `${path} must not import ${types ? 'types' : 'values'} from ${from}`
  const target = isRelative(from) ? roomOf(resolve(path, from)) : undefined
  if (room === 'core') {
    if (target !== undefined) return target === 'core' ? undefined : breach
    return from === 'valibot' ? undefined : breach
  }
  if (room.startsWith('io/')) {
    if (target === undefined || target === 'core' || target === room) return undefined
    return types && target.startsWith('io/') ? undefined : breach
  }
  if (doors.includes(path)) return undefined
  if (target === undefined) return types ? undefined : breach
  if (target.startsWith('io/') && !types) return breach
  const toDoor = doors.includes(resolve(path, from))
  const toWorld = resolve(path, from) === 'world.ts'
  return toDoor || (toWorld && !types) ? breach : undefined
}

const findEnvironment = (path: string, source: string): readonly string[] =>
  path !== 'repost.ts' && /\bprocess\s*(?:\?\.|\.)\s*env\b|\bprocess\[/.test(source)
    ? [`${path} must not read process.env`]
    : []

function findTwoPackages(sources: Sources): readonly string[] {
  const used = new Map<string, Set<string>>()
  for (const [path, source] of Object.entries(sources)) {
    const room = roomOf(path)
    if (!room.startsWith('io/')) continue
    const packages = importsOf(source)
      .map(({ from }) => packageOf(from))
      .filter((name) => !isRelative(name) && !name.startsWith('node:') && name !== 'valibot')
    used.set(room, new Set([...(used.get(room) ?? []), ...packages]))
  }
  return [...used].flatMap(([room, packages]) => {
    const own = ownPackages[room] ?? [...packages].slice(0, 1)
    const others = [...packages].filter((name) => !own.includes(name))
    return others.length === 0 ? [] : [`${room} has its package, and must not import ${others.join(', ')}`]
  })
}

/** Rooms that need each other to load: core and each io room are one, a story file is one. */
function findCycles(sources: Sources): readonly string[] {
  const roomLike = (path: string): string => (roomOf(path) === 'story' ? path : roomOf(path))
  const needs = new Map<string, Set<string>>()
  for (const [path, source] of Object.entries(sources)) {
    const room = roomLike(path)
    const targets = importsOf(source)
      .filter((one) => isRelative(one.from) && !one.types)
      .map((one) => roomLike(resolve(path, one.from)))
      .filter((target) => target !== room)
    needs.set(room, new Set([...(needs.get(room) ?? []), ...targets]))
  }
  const reaches = (from: string, goal: string, seen: Set<string>): boolean =>
    [...(needs.get(from) ?? [])].some((next) => {
      if (next === goal) return true
      if (seen.has(next)) return false
      seen.add(next)
      return reaches(next, goal, seen)
    })
  return [...needs.keys()]
    .filter((room) => reaches(room, room, new Set()))
    .map((room) => `${room} needs itself in a circle`)
}
