/** A person before `npm run setup`: real prompts on real streams, and a browser that agrees to what is asked. */
import { PassThrough, Writable } from 'node:stream'
import { stripVTControlCharacters } from 'node:util'
import { setUp } from '../../scripts/setup/set-up.ts'
import type { Surroundings } from '../../scripts/terminal/command.ts'

export const keys = { enter: '\r', down: '\x1b[B', left: '\x1b[D', ctrlC: '\x03', ctrlD: '\x04' } as const

const patienceMs = 20_000

export type Dialogue = {
  /** Waits until the text has been shown, after all that was waited for before. */
  see(text: string): Promise<void>
  /** Waits for the question, then answers it. */
  answer(question: string, typed: string): Promise<void>
  /** The terminal is gone. */
  hangUp(): void
  /** All that was shown so far, without colours and movements. */
  shown(): string
  /** The exit code. */
  readonly ended: Promise<number>
}

export function startDialogue(surroundings: Pick<Surroundings, 'args' | 'env' | 'folder'>): Dialogue {
  const input = new PassThrough()
  let shown = ''
  let seen = 0
  let look = (): void => {}
  const screen = new Writable({
    write(chunk, _, done) {
      shown += stripVTControlCharacters(String(chunk))
      look()
      done()
    },
  })
  // Wide enough that no sentence is broken.
  const output = Object.assign(screen, { columns: 300, rows: 100 })
  const ended = setUp({ ...surroundings, input, output, errors: output, terminal: true })
  const see = (text: string): Promise<void> =>
    new Promise((done, fail) => {
      const give = (error?: Error): void => {
        clearTimeout(timer)
        look = () => {}
        if (error) fail(error)
        else done()
      }
      const missing = (): Error =>
        new Error(`Expected ${JSON.stringify(text)} but received:\n${shown.slice(seen)}`)
      const timer = setTimeout(() => give(missing()), patienceMs)
      look = () => {
        const at = shown.indexOf(text, seen)
        if (at < 0) return
        seen = at + text.length
        give()
      }
      look()
      ended.then(
        () => give(missing()),
        () => give(missing()),
      )
    })
  return {
    see,
    answer: async (question, typed) => {
      await see(question)
      input.write(typed)
    },
    hangUp: () => input.end(),
    shown: () => shown,
    ended,
  }
}

/** Opens the address that is shown and presses the button; gives the code of the page. */
export async function agree(shown: string): Promise<string> {
  const address = shown.match(/https?:\/\/\S+\/oauth\/authorize\?\S+/g)?.at(-1)
  if (address === undefined) throw new Error(`Expected an address to sign in but received:\n${shown}`)
  const page = await (await fetch(address)).text()
  const fields = [...page.matchAll(/name="([^"]+)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [
    name,
    value,
  ])
  const body = new URLSearchParams({ ...Object.fromEntries(fields), decision: 'authorize' })
  const answer = await fetch(new URL('/oauth/authorize', address), { method: 'POST', body })
  const code = /id="code" readonly value="([^"]+)"/.exec(await answer.text())?.[1]
  if (code === undefined) throw new Error(`Expected a code but received HTTP ${answer.status}`)
  return code
}
