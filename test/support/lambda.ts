/** The built function under Lambda's own runtime client, without Lambda's doors: for `startLambdaSandbox` see `scripts/sandbox`. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildBundle } from '../../scripts/build/package.ts'
import { startEnvironment } from '../../scripts/sandbox/lambda/environment.ts'

/** How an invocation ended: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html */
export type Invoked = { readonly ended: 'response' | 'error'; readonly body: unknown }

export type Lambda = {
  invoke(event: unknown): Promise<Invoked>
  /** Everything the function wrote so far. */
  output(): string
  /** What was loaded of the function, by paths in its folder. */
  loaded(): readonly string[]
  close(): Promise<void>
}

const lastBuild = fileURLToPath(new URL('../../dist/lambda', import.meta.url))

/** The folder of the last build, which is made where there is none: `npm test` has just made one. */
export async function builtFunction(): Promise<string> {
  if (!existsSync(join(lastBuild, 'repost.mjs'))) await buildBundle()
  return lastBuild
}

/** `codeDir`: what is deployed, the folder of the last build unless said. */
export async function startLambda(
  env: Readonly<Record<string, string>>,
  timeoutMs = 15 * 60_000,
  codeDir = lastBuild,
): Promise<Lambda> {
  const environment = await startEnvironment({
    codeDir,
    handler: 'repost.handler',
    functionName: 'levity',
    env,
    memoryMb: 1536,
    timeoutMs,
    logFormat: 'Text',
    freeze: true,
    preload: [new URL('./lambda-hooks.ts', import.meta.url).href],
  })
  let count = 0
  return {
    output: environment.output,
    loaded: () => [...environment.output().matchAll(/^loads (.+)$/gm)].map(([, path = '']) => path),
    async invoke(event) {
      count += 1
      const { outcome, body } = await environment.run({
        requestId: `request-${count}`,
        payload: JSON.stringify(event),
        functionArn: 'arn:aws:lambda:eu-central-1:123456789012:function:levity',
      })
      if (outcome !== 'response' && outcome !== 'error')
        throw new Error(`Expected Lambda's runtime to go on but received ${body}:\n${environment.output()}`)
      return { ended: outcome, body: JSON.parse(body) }
    },
    close: environment.close,
  }
}
