/**
 * How long invocations of the built function take, as Lambda bills them: runs that find nothing, and posts with one and four
 * photographs of 24 megapixels. Everything but the function is on this machine, so add what the network takes.
 * `npm run bench` runs it after the build.
 */
import { fileURLToPath } from 'node:url'
import { type LambdaSandbox, startLambdaSandbox } from '../sandbox/lambda/lambda.ts'
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts'

/** Medians over `runs` invocations: billed ms, and the most memory in MB that any of them took. */
export type BilledTime = { readonly what: string; readonly ms: number; readonly megabytes: number }

const photograph = { width: 4000, height: 6000, grain: true, seed: 'bench' }

/** At most 6 runs: the server takes 30 images in half an hour. Throws where an invocation does not end as it should: a failed run would be a cheap one. */
export async function measureBills(runs: number, photo = photograph): Promise<readonly BilledTime[]> {
  const sandbox = await startSandbox({ content: 'empty' })
  const lambda = await startLambdaSandbox({
    codeDir: fileURLToPath(new URL('../../dist/lambda', import.meta.url)),
    functionName: 'levity-bench',
    env: {
      ...sandbox.env,
      LEVITY_DELAY: '0',
      MALLOC_ARENA_MAX: '2',
      MALLOC_MMAP_THRESHOLD_: '131072',
    },
    memoryMb: 1024,
    timeoutMs: 300_000,
  })
  try {
    await invoke(lambda)
    return [
      await billOf('nothing new, cold', runs, async () => {
        await lambda.reload()
        return invoke(lambda)
      }),
      await billOf('nothing new, warm', runs, () => invoke(lambda)),
      await billOf('a post of one photograph', runs, () => post(1, photo, sandbox, lambda)),
      await billOf('a post of four photographs', runs, () => post(4, photo, sandbox, lambda)),
    ]
  } finally {
    await lambda.close()
    await sandbox.close()
  }
}

type Taken = { readonly ms: number; readonly megabytes: number }

async function billOf(what: string, runs: number, once: () => Promise<Taken>): Promise<BilledTime> {
  const taken: Taken[] = []
  while (taken.length < runs) taken.push(await once())
  const times = taken.map(({ ms }) => ms).sort((a, b) => a - b)
  return {
    what,
    ms: times[Math.floor(times.length / 2)] ?? 0,
    megabytes: Math.max(...taken.map(({ megabytes }) => megabytes)),
  }
}

async function post(
  images: number,
  photo: typeof photograph,
  { tumblr, mastodon }: Sandbox,
  lambda: LambdaSandbox,
): Promise<Taken> {
  tumblr.publish('hillside', { images: Array.from({ length: images }, () => photo) })
  const before = mastodon.statuses.length
  const taken = await invoke(lambda)
  if (mastodon.statuses.length !== before + 1)
    throw new Error(
      `expected one more status but there are ${mastodon.statuses.length - before}: ${JSON.stringify(lambda.invocations.at(-1)?.ending?.answer)}`,
    )
  return taken
}

async function invoke({ url, invocations }: LambdaSandbox): Promise<Taken> {
  const answer = await fetch(`${url}/2015-03-31/functions/levity-bench/invocations`, { method: 'POST' })
  const text = await answer.text()
  const ending = invocations.at(-1)?.ending
  if (ending?.outcome !== 'response') throw new Error(`expected a report but the function answered ${text}`)
  return { ms: ending.billedMs, megabytes: ending.maxMemoryMb ?? 0 }
}
