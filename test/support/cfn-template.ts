/** A CloudFormation template as data. */
import * as v from 'valibot'

export type Fields = Readonly<Record<string, unknown>>
export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** As far as the tests read it: cfn-lint knows all the rest. */
const ParameterSchema = v.object({
  Description: v.optional(v.string()),
  Default: v.optional(v.union([v.string(), v.number()])),
  AllowedValues: v.optional(v.array(v.union([v.string(), v.number()]))),
  AllowedPattern: v.optional(v.string()),
  ConstraintDescription: v.optional(v.string()),
  MinValue: v.optional(v.number()),
  MaxValue: v.optional(v.number()),
})
const ResourceSchema = v.object({
  Type: v.string(),
  Condition: v.optional(v.string()),
  DeletionPolicy: v.optional(v.string()),
  UpdateReplacePolicy: v.optional(v.string()),
  Properties: v.optional(v.record(v.string(), v.unknown()), {}),
})
const TemplateSchema = v.object({
  Metadata: v.optional(v.record(v.string(), v.unknown())),
  Parameters: v.record(v.string(), ParameterSchema),
  Conditions: v.record(v.string(), v.record(v.string(), v.unknown())),
  Resources: v.record(v.string(), ResourceSchema),
  Outputs: v.record(v.string(), v.object({ Condition: v.optional(v.string()), Value: v.unknown() })),
})

export type Template = v.InferOutput<typeof TemplateSchema>

/** Throws where it has not the form of a template. */
export const asTemplate = (value: unknown): Template => v.parse(TemplateSchema, value)

export type Intrinsic = { readonly name: string; readonly argument: unknown }

/** `{Ref: …}` or `{'Fn::…': …}`. */
export function intrinsicOf(value: unknown): Intrinsic | undefined {
  if (!isFields(value)) return undefined
  const [entry, ...more] = Object.entries(value)
  if (entry === undefined || more.length > 0) return undefined
  const [name, argument] = entry
  return name === 'Ref' || name.startsWith('Fn::') ? { name, argument } : undefined
}

/** The names in `${…}`; `${!…}` is plain text. */
export const placeholders = (text: string): readonly string[] =>
  [...text.matchAll(/\$\{([^!}][^}]*)\}/g)].map(([, name = '']) => name.trim())

/** `text` and the variables of its own that `Fn::Sub` may be given beside it. */
export function readSub(argument: unknown): { readonly text: string; readonly own: Fields } {
  const [text, own = {}] = Array.isArray(argument) ? argument : [argument]
  if (typeof text !== 'string' || !isFields(own)) throw new Error(`Expected a text for Fn::Sub: ${text}`)
  return { text, own }
}
