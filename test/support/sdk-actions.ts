/** The rights that the code needs, read from the commands of the AWS SDK it imports. */
import { readFile } from 'node:fs/promises'

const importing =
  /(?:import|const)\s*\{([^}]*)\}\s*(?:from\s*|=\s*await\s+import\(\s*)'@aws-sdk\/client-([a-z-]+)'/g

/** An action is called as its command is, but for one: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
const renamed: Readonly<Record<string, string>> = { 'lambda:Invoke': 'lambda:InvokeFunction' }

/** `service:Action` of each command in a source, static or dynamic; types need no right. */
export function actionsIn(source: string): readonly string[] {
  return [...source.matchAll(importing)].flatMap(([, names = '', service = '']) =>
    names
      .split(',')
      .map((name) => /^([A-Z]\w*)Command$/.exec(name.trim())?.[1])
      .filter((command) => command !== undefined)
      .map((command) => renamed[`${service}:${command}`] ?? `${service}:${command}`),
  )
}

/** Those of the function: of every file that `src/repost.ts` leads to, sorted, each once. */
export async function actionsOfTheFunction(): Promise<readonly string[]> {
  const sources = new Map<string, string>()
  const visit = async (file: URL): Promise<void> => {
    if (sources.has(file.href)) return
    const source = await readFile(file, 'utf8')
    sources.set(file.href, source)
    for (const path of importsIn(source)) await visit(new URL(path, file))
  }
  await visit(new URL('../../src/repost.ts', import.meta.url))
  return [...new Set([...sources.values()].flatMap(actionsIn))].sort()
}

/** Relative ones, static or dynamic; types lead nowhere. */
const importsIn = (source: string): readonly string[] =>
  [
    ...source.matchAll(
      /(?:^import (?!type )[^;]*? from |^export [^;]*? from |\bimport\(\s*)'(\.[^']*\.ts)'/gm,
    ),
  ].map(([, path = '']) => path)
