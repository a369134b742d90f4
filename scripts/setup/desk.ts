/** Where a person is told and asked. At a terminal by prompts; without one nobody can be asked, and what is missing is a mistake. */
import { Refusal } from '../terminal/refusal.ts'

/** The person left, or must do something elsewhere first; what was checked is kept. */
export class Pause extends Refusal {
  override readonly name = 'Pause'
  /** 3: the sign-in is open. 130: left with Ctrl-C. */
  readonly code: 3 | 130
  constructor(message: string, code: 3 | 130) {
    super(message)
    this.code = code
  }
}

export type Question = {
  readonly message: string
  /** How it is answered where nobody can be asked: `--blog NAME`. */
  readonly otherwise: string
  /** Says what is wrong with an answer, before anybody else is asked. */
  readonly check?: (text: string) => string | undefined
}

type Prefilled = {
  /** Stands there already. */
  readonly usual?: string
  /** Shows what an answer looks like. */
  readonly such?: string
  readonly optional?: boolean
}

export type Choice<T extends string> = {
  readonly message: string
  readonly options: readonly { readonly value: T; readonly label: string; readonly hint?: string }[]
  /** What is taken where nobody can be asked. */
  readonly usual: T
}

export interface Desk {
  readonly asks: boolean
  say(text: string): void
  warn(text: string): void
  /** As it is, never wrapped: what is to be copied, and what has a form of its own. */
  show(text: string): void
  /** Trimmed; never empty unless it is optional. Throws Refusal where nobody can be asked and there is nothing usual, Pause where the person leaves. */
  text(question: Question & Prefilled): Promise<string>
  /** The same, and nobody sees it. */
  secret(question: Question): Promise<string>
  pick<T extends string>(choice: Choice<T>): Promise<T>
  /** Yes where nobody can be asked. */
  confirm(message: string): Promise<boolean>
  /** What was wrong, before it is asked again: at most five times for one thing. Throws Refusal where nobody can be asked. */
  mistake(about: string, sentence: string): void
}

export const mostMistakes = 5

/** What is left off, said in one place. */
export const left = (): Pause =>
  new Pause('Left. What was checked is kept: npm run setup goes on from here.', 130)

type Line = (text: string) => void

/** Without a terminal: lines on `out`, warnings on `err`, and no questions. */
export function createPlainDesk(out: Line, err: Line): Desk {
  return {
    asks: false,
    say: out,
    show: out,
    warn: err,
    text: async ({ message, otherwise, usual }) => {
      if (usual === undefined) throw unasked(message, otherwise)
      return usual
    },
    secret: async ({ message, otherwise }) => {
      throw unasked(message, otherwise)
    },
    pick: async ({ usual }) => usual,
    confirm: async () => true,
    mistake: (_, sentence) => {
      throw new Refusal(sentence)
    },
  }
}

const unasked = (message: string, otherwise: string): Refusal =>
  new Refusal(`${message}: nobody can be asked without a terminal, so give it as ${otherwise}`)
