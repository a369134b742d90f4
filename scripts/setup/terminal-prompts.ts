/** Questions at a terminal. */
import type { Readable, Writable } from 'node:stream'
import { type CANCEL_SYMBOL, confirm, isCancel, log, password, select, text } from '@clack/prompts'
import { Refusal } from '../terminal/refusal.ts'
import { wrap } from '../terminal/wrap.ts'
import { createLeft, mostMistakes, type Prompts, type Question } from './prompts.ts'

export function createTerminalPrompts(input: Readable, output: Writable): Prompts {
  const mistakes = new Map<string, number>()
  // The frame before each line takes three columns.
  const wrapped = (text: string): string =>
    wrap(text, ('columns' in output && Number(output.columns) > 0 ? Number(output.columns) : 80) - 4).join(
      '\n',
    )
  /** Gives what was typed. Ctrl-D, or a terminal that is closed, ends a prompt as Ctrl-C does. */
  const ask = async <T>(
    prompt: (streams: {
      input: Readable
      output: Writable
      signal: AbortSignal
    }) => Promise<T | typeof CANCEL_SYMBOL>,
  ): Promise<T> => {
    const end = new AbortController()
    const onEnd = (): void => end.abort()
    const onKey = (_: unknown, key?: { readonly ctrl?: boolean; readonly name?: string }): void => {
      if (key?.ctrl && key.name === 'd') onEnd()
    }
    input.once('end', onEnd).once('close', onEnd).on('keypress', onKey)
    try {
      const answer = await prompt({ input, output, signal: end.signal })
      if (isCancel(answer)) throw createLeft()
      return answer
    } finally {
      input.off('end', onEnd).off('close', onEnd).off('keypress', onKey)
    }
  }
  const checked =
    ({ check }: Question, optional: boolean) =>
    (typed: string | undefined): string | undefined => {
      const answer = (typed ?? '').trim()
      if (answer === '') return optional ? undefined : 'Nothing was typed yet.'
      return check?.(answer)
    }
  return {
    asks: true,
    say: (line) => log.step(wrapped(line), { output }),
    warn: (line) => log.warn(wrapped(line), { output }),
    show: (lines) => void output.write(`\n${lines}\n\n`),
    text: async (question) => {
      const { message, initial = '', placeholder, optional = false } = question
      const validate = checked(question, optional)
      const prefilled = {
        ...(initial !== '' && { initialValue: initial }),
        ...(placeholder !== undefined && { placeholder }),
      }
      return (await ask((streams) => text({ message, validate, ...prefilled, ...streams }))).trim()
    },
    secret: async (question) => {
      const { message } = question
      const validate = checked(question, false)
      return (await ask((streams) => password({ message, validate, ...streams }))).trim()
    },
    pick: ({ message, options, initial }) =>
      ask((streams) =>
        select<string>({ message, options: [...options], initialValue: initial, ...streams }),
      ).then((picked) => options.find(({ value }) => value === picked)?.value ?? initial),
    confirm: (message) => ask((streams) => confirm({ message, ...streams })),
    mistake: (about, sentence) => {
      const count = (mistakes.get(about) ?? 0) + 1
      mistakes.set(about, count)
      if (count >= mostMistakes)
        throw new Refusal(
          `${sentence}\nThat was the fifth try. Run npm run setup again when you have what is needed: your checked answers are saved.`,
        )
      log.error(wrapped(sentence), { output })
    },
  }
}
