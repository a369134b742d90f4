/** The whole product: call × before or after × server × what comes next. CRASH_SERVERS=word takes the servers of that name, CRASH_EVERY=n each n-th case. */
import { availableParallelism } from 'node:os'
import { afterAll, expect, test } from 'vitest'
import { allServers, type NamedServer } from '../support/crash-servers.ts'
import { type Crash, Crew, callsOf, crash, type Next } from '../support/crash-story.ts'

const nexts: readonly Next[] = ['soon', 'after an hour', 'after a day', 'thaws', 'races']
const servers = allServers.filter(({ name }) => name.includes(process.env['CRASH_SERVERS'] ?? ''))
const every = Number(process.env['CRASH_EVERY'] ?? 1)
const crew = new Crew()
afterAll(() => crew.dismiss())

type Told = { readonly title: string; readonly wrong: readonly string[] }
const told: Told[] = []

async function casesOn({ mastodon }: NamedServer): Promise<readonly Crash[]> {
  const runs = ['first', 'publishing'] as const
  const counts = await Promise.all(runs.map((which) => callsOf(which, mastodon, crew)))
  return runs.flatMap((which, at) =>
    (counts[at] ?? []).flatMap((_, call) =>
      (['before', 'after'] as const).flatMap((when) =>
        nexts.map((next) => ({ which, mastodon, call: call + 1, when, next })),
      ),
    ),
  )
}

/** As many side by side as the machine has cores, and one more, for a case waits now and then. */
async function playAll(name: string, cases: readonly Crash[]): Promise<readonly Told[]> {
  const results: Told[] = []
  const left = cases.values()
  const lane = async (): Promise<void> => {
    for (const one of left) {
      const { struck, wrong } = await crash(one, crew)
      const title = `${name}: ${one.which} run, ${one.when} call ${one.call} (${struck?.service} ${struck?.name}), ${one.next}`
      results.push({ title, wrong })
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() + 1 }, lane))
  return results
}

test.each(servers)('$name', async (server) => {
  const cases = await casesOn(server)
  const offset = servers.indexOf(server) % every
  const results = await playAll(
    server.name,
    cases.filter((_, at) => at % every === offset),
  )
  told.push(...results)
  const bad = results.filter(({ wrong }) => wrong.length > 0)
  console.log(`${server.name}: ${results.length} cases, ${bad.length} wrong`)
  expect(bad.map(({ title, wrong }) => `${title}: ${wrong.join('; ')}`)).toEqual([])
})

afterAll(() => {
  const count = (word: string): number =>
    told.filter(({ wrong }) => wrong.some((sentence) => sentence.includes(word))).length
  console.log(
    `${told.length} cases: ${count('double')} doubles, ${count('lost')} lost, ${count('out of order')} out of order, ` +
      `${told.filter(({ wrong }) => wrong.length > 0).length} wrong in any way`,
  )
})
