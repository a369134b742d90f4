/** What the buttons do. The script gets one sentence as the answer; a browser without a script is led back to the page. */
import type { Context, Hono } from 'hono'
import { ConfigError } from '../../src/core/config/config.ts'
import type { HonoEnv } from '../sandbox/server.ts'
import { Refusal } from '../terminal/refusal.ts'
import { isKind, isPlace, places } from './faults.ts'
import { readSettings } from './settings.ts'
import type { DevWorld } from './world.ts'

type Texts = Readonly<Record<string, string>>

async function readTexts(c: Context<HonoEnv>): Promise<Texts> {
  const body = await c.req.parseBody()
  return Object.fromEntries(
    Object.entries(body).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  )
}

/** The path of the page that the request came from. */
const back = (c: Context<HonoEnv>): string => URL.parse(c.req.header('referer') ?? '')?.pathname ?? '/'

export const answer = (c: Context<HonoEnv>, sentence: string, then = back(c)): Response =>
  c.req.header('x-page-script') === undefined ? c.redirect(then, 303) : c.text(sentence)

export function actionRoutes(app: Hono<HonoEnv>, world: DevWorld): void {
  const on = (path: string, act: (texts: Texts) => Promise<string> | string): void => {
    app.post(path, async (c) => {
      try {
        const sentence = await act(await readTexts(c))
        world.touch()
        return answer(c, sentence)
      } catch (error) {
        if (error instanceof Refusal || error instanceof ConfigError) return c.text(error.message, 422)
        throw error
      }
    })
  }
  on('/run', async () => {
    await world.send({})
    return 'A run has begun.'
  })
  on('/event', async ({ json = '' }) => {
    await world.send(readJson(json))
    return 'The event was sent.'
  })
  on('/schedule', ({ seconds }) => {
    const every = readNumber('seconds', seconds, 0, 3600)
    world.schedule.set(every * 1000)
    return every === 0 ? 'The schedule is paused.' : `A run begins every ${every} s.`
  })
  on('/clock', async ({ minutes }) => {
    const passed = readNumber('minutes', minutes, 1, 100_000)
    await world.letPass(passed * 60_000)
    return `${passed} minutes have passed.`
  })
  on('/settings', async ({ settings = '' }) => {
    const lines = settings.split('\n').filter((line) => line.trim() !== '')
    await world.configure(readSettings(lines))
    return 'The next run goes by these settings.'
  })
  on('/faults', (texts) => setFaults(world, texts))
}

function setFaults({ faults }: DevWorld, texts: Texts): string {
  faults.clear()
  for (const place of Object.keys(places).filter(isPlace)) {
    const kind = texts[place] ?? ''
    if (isKind(kind)) faults.set(place, kind, texts['times'] === 'once')
  }
  const count = faults.on.length
  return count === 0 ? 'No fault is on.' : `${count} ${count === 1 ? 'fault is' : 'faults are'} on.`
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Refusal(`Expected JSON such as {"mode":"plan"} for the event but received ${text}`)
  }
}

function readNumber(name: string, text: string | undefined, least: number, most: number): number {
  const value = Number(text)
  if (text?.trim() && value >= least && value <= most) return value
  throw new Refusal(`Expected a number from ${least} to ${most} for ${name} but received ${text}`)
}
