import { afterAll, describe, expect, test } from 'vitest'
import { mainServers } from '../support/crash-servers.ts'
import { Crew, callsOf, crash } from '../support/crash-story.ts'

const crew = new Crew()
afterAll(() => crew.dismiss())

const [plain] = mainServers
const first = await callsOf('first', plain.mastodon, crew)
const lists = await Promise.all(mainServers.map((server) => callsOf('publishing', server.mastodon, crew)))

/** Each call once, before and after, on another server than its neighbours; before a create, on all of them. */
const cases = [
  ...first.flatMap((_, at) =>
    (['before', 'after'] as const).map((when) => ({
      which: 'first' as const,
      call: at + 1,
      when,
      ...plain,
    })),
  ),
  ...mainServers.flatMap((server, turn) =>
    (lists[turn] ?? []).flatMap(({ name }, at) => {
      const call = { which: 'publishing' as const, call: at + 1, ...server }
      const turns = mainServers.length
      return [
        ...(at % turns === turn || name === 'create' ? [{ ...call, when: 'before' as const }] : []),
        ...((at + 3) % turns === turn ? [{ ...call, when: 'after' as const }] : []),
      ]
    }),
  ),
]

describe.concurrent('a process that is killed at any call loses nothing and posts nothing twice', () => {
  test.each(cases)('$which run, $when call $call: $name', async ({ name: _, ...at }) => {
    const { struck, wrong } = await crash({ ...at, next: 'soon' }, crew)
    expect(wrong).toEqual([])
    expect(struck).toBeDefined()
  })
})
