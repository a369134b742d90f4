/** How setup speaks to a person. Without a terminal it cannot ask, so that a missing answer is a mistake. */
import { Refusal } from '../terminal/refusal.ts'

/** The person left, or must sign in first. The answers that were checked are saved. */
export class Pause extends Refusal {
  override readonly name = 'Pause'
  /** 3: the person must sign in. 130: left with Ctrl-C. */
  readonly code: 3 | 130
  constructor(message: string, code: 3 | 130) {
    super(message)
    this.code = code
  }
}

export type Question = {
  readonly message: string
  /** How to give the answer without a terminal: `--blog NAME`. */
  readonly withoutTerminal: string
  /** Says what is wrong with an answer, before a server is asked. */
  readonly check?: (text: string) => string | undefined
}

type Prefilled = {
  /** Already typed in; without a terminal this is the answer. */
  readonly initial?: string
  /** An example of an answer. */
  readonly placeholder?: string
  readonly optional?: boolean
}

export type Choice<T extends string> = {
  readonly message: string
  readonly options: readonly { readonly value: T; readonly label: string }[]
  /** Marked at first; without a terminal this is the answer. */
  readonly initial: T
}

export interface Prompts {
  /** Whether there is a terminal. */
  readonly asks: boolean
  say(text: string): void
  warn(text: string): void
  /** Shows text without wrapping it: an address to copy, or a drawing. */
  show(text: string): void
  /** Trimmed, and not empty unless it is optional. Throws Pause when the person leaves; without a terminal and an initial answer, Refusal. */
  text(question: Question & Prefilled): Promise<string>
  /** As `text`, but what is typed is not shown. */
  secret(question: Question): Promise<string>
  pick<T extends string>(choice: Choice<T>): Promise<T>
  /** Yes without a terminal. */
  confirm(message: string): Promise<boolean>
  /** Says what was wrong before the question is repeated. Throws Refusal at the fifth mistake `about` one thing, and at the first without a terminal. */
  mistake(about: string, sentence: string): void
}

export const mostMistakes = 5

export const createLeft = (): Pause =>
  new Pause('You left setup. Your checked answers are saved: npm run setup goes on from here.', 130)

type Line = (text: string) => void

/** Without a terminal: lines on `out`, warnings on `err`, and no questions. */
export function createPlainPrompts(out: Line, err: Line): Prompts {
  return {
    asks: false,
    say: out,
    show: out,
    warn: err,
    text: async ({ message, withoutTerminal, initial }) => {
      if (initial === undefined) throw cannotAsk(message, withoutTerminal)
      return initial
    },
    secret: async ({ message, withoutTerminal }) => {
      throw cannotAsk(message, withoutTerminal)
    },
    pick: async ({ initial }) => initial,
    confirm: async () => true,
    mistake: (_, sentence) => {
      throw new Refusal(sentence)
    },
  }
}

const cannotAsk = (message: string, withoutTerminal: string): Refusal =>
  new Refusal(`${message}: setup cannot ask without a terminal, so give it as ${withoutTerminal}`)
