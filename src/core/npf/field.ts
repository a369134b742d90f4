import * as v from 'valibot'

/**
 * How Tumblr's answers are read: loosely. Unknown fields are ignored, a field of the wrong type counts as absent,
 * and the camelCase names of Tumblr's own web API stand for the documented ones.
 */

type Loose = Readonly<Record<string, unknown>>

export const isRecord = (value: unknown): value is Loose =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** The documented spelling wins where both are there. */
const snakeCased = (value: Loose): Loose => {
  const spelled = Object.entries(value).map(([name, field]) => [snakeCase(name), field] as const)
  return Object.fromEntries([...spelled, ...Object.entries(value)])
}

/** Any object, its names spelled as documented. */
export const record: v.GenericSchema<unknown, Loose> = v.pipe(
  v.custom<Loose>(isRecord),
  v.transform(snakeCased),
)

/** An object with these fields, and whatever else. */
export const object = <Fields extends v.ObjectEntries>(
  fields: Fields,
): v.GenericSchema<unknown, v.InferOutput<v.ObjectSchema<Fields, undefined>>> =>
  v.pipe(record, v.object(fields))

/** The field, or undefined where it is missing or of another type. */
export const maybe = <Out>(
  schema: v.GenericSchema<unknown, Out>,
): v.GenericSchema<unknown, Out | undefined> => v.fallback(v.optional(schema), undefined)

const readAll = <Out>(schema: v.GenericSchema<unknown, Out>, value: unknown): readonly Out[] =>
  (Array.isArray(value) ? value : [value]).flatMap((entry) => {
    const read = v.safeParse(schema, entry)
    return read.success ? [read.output] : []
  })

/** Every entry that can be read, none where the field is missing. A single thing in place of a list counts as a list of one. */
export const list = <Out>(schema: v.GenericSchema<unknown, Out>): v.GenericSchema<unknown, readonly Out[]> =>
  v.fallback(
    v.pipe(
      v.unknown(),
      v.transform((value) => readAll(schema, value)),
    ),
    [],
  )

/** Replaces what no server takes by one character each, so that offsets stay right: half a surrogate pair by U+FFFD, a control character by a space. */
const sound = (text: string): string => text.toWellFormed().replace(/[\p{Cc}--[\n\t]]/gv, ' ')
const wellFormed: v.GenericSchema<unknown, string> = v.pipe(v.string(), v.transform(sound))

export const words: v.GenericSchema<unknown, string | undefined> = maybe(wellFormed)
export const flag: v.GenericSchema<unknown, boolean | undefined> = maybe(v.boolean())
/** Beyond 2^53 a number is another one than was sent, and the ledger takes none. */
const isExact = (value: number): boolean => Math.abs(value) <= Number.MAX_SAFE_INTEGER
export const number: v.GenericSchema<unknown, number | undefined> = maybe(
  v.pipe(v.number(), v.finite(), v.check(isExact)),
)
/** A width or a height. */
export const pixels: v.GenericSchema<unknown, number | undefined> = maybe(
  v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
)
export const strings: v.GenericSchema<unknown, readonly string[]> = list(wellFormed)

/** What came is not what Tumblr documents, so far that no post can be made of it. */
export class UnreadableError extends Error {
  /** The id of the post, where that much could be read. */
  readonly id: string | undefined
  constructor(expected: string, what: string, received: unknown, id?: string) {
    super(`Expected ${expected} for ${what} but received ${described(received)}`)
    this.name = 'UnreadableError'
    this.id = id
  }
}

/** In a few words, however large or deep. */
function described(value: unknown): string {
  if (value === undefined || value === null) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'an object'
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 60)) : String(value)
}
