/** The rights that the code needs, read from the commands of the AWS SDK it imports. */
import { readdir, readFile } from 'node:fs/promises'

const src = new URL('../../src/', import.meta.url)
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

/** Those of every file in `src/`, sorted, each once. */
export async function actionsOfTheCode(): Promise<readonly string[]> {
  const paths = (await readdir(src, { recursive: true })).filter((path) => path.endsWith('.ts'))
  const sources = await Promise.all(paths.map((path) => readFile(new URL(path, src), 'utf8')))
  return [...new Set(sources.flatMap(actionsIn))].sort()
}
