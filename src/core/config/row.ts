/** A setting is one row: what a person is told about it, and the schema that reads it. All that is printed about settings comes from rows. */
import * as v from 'valibot'

export type About = {
  /** The variable. A route's own has the name of the route in front. */
  readonly name: string
  /** One sentence, without capital and full stop. What a person types is in backticks. */
  readonly help: string
  /** The words it takes, each with its meaning or ''. They end the sentence. */
  readonly words?: Readonly<Record<string, string>>
  /** A value that can be used; needed if there is no default. */
  readonly example?: string
  /** What happens if it is not set, if no default says that. */
  readonly unset?: string
  /** Never shown to anyone. */
  readonly secret?: true
  readonly needed?: true
  /** For all routes together: a route cannot have its own. */
  readonly shared?: true
  /** Not for people. */
  readonly forTests?: true
}

export type SettingRow = v.GenericSchema & { readonly about: About; readonly default: string | undefined }

type Reads<T> = v.GenericSchema<string, T>

/** Needed: the default is a mistake. */
export const needed = <T>(about: About, schema: Reads<T>) =>
  Object.assign(v.optional(schema, ''), { about: { ...about, needed: true } as const })

/** `usual`: the default, as a person would write it. */
export const withDefault = <T>(about: About, usual: string, schema: Reads<T>) =>
  Object.assign(v.optional(schema, usual), { about })

export const optional = <T>(about: About, schema: Reads<T>) =>
  Object.assign(v.exactOptional(schema), { about })

/** One of the words of `about`. */
export const choice = <T extends string>(
  about: Omit<About, 'words'> & { readonly words: Readonly<Record<T, string>> },
  usual: NoInfer<T>,
) => withDefault(about, usual, oneOf(about.words))

function oneOf<T extends string>(words: Readonly<Record<T, string>>): Reads<T> {
  const isWord = (text: string): text is T => Object.hasOwn(words, text)
  return text(orList(Object.keys(words)), (typed) => {
    const word = typed.toLowerCase()
    return isWord(word) ? word : undefined
  })
}

/** Text that `read` understands. If it gives undefined, the text is a mistake, and `expected` says what would be right. */
export const text = <T>(expected: string, read: (text: string) => T | undefined) =>
  v.pipe(
    v.string(),
    v.rawTransform<string, T>(({ dataset, addIssue, NEVER }) => {
      const value = read(dataset.value)
      if (value !== undefined) return value
      addIssue({ message: expected })
      return NEVER
    }),
  )

/** A key or token: letters, digits and signs without spaces. */
export const key = (expected: string) =>
  text(`${expected}, without spaces,`, (typed) => (/^[\x21-\x7e]+$/.test(typed) ? typed : undefined))

/** The help of a row with its words: "who may see the statuses: `public` (everyone) or `private` (followers only)". */
export function helpOf({ help, words }: About): string {
  if (words === undefined) return help
  const told = Object.entries(words).map(([word, means]) => `\`${word}\`${means === '' ? '' : ` (${means})`}`)
  return `${help}: ${orList(told)}`
}

/** The same as plain text: backticks become quotes where there is a space between them, or nothing. */
export const plainHelpOf = (about: About): string =>
  helpOf(about).replace(/`([^`]*)`/g, (_, typed: string) => (typed.includes(' ') ? `"${typed}"` : typed))

const orList = (words: readonly string[]): string =>
  [words.slice(0, -1).join(', '), words.at(-1) ?? ''].filter((part) => part !== '').join(' or ')
