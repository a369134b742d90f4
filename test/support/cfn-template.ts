/** A CloudFormation template as data, and what in it refers to what. */
import * as v from 'valibot'

export type Fields = Readonly<Record<string, unknown>>
export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const Section = v.optional(v.record(v.string(), v.record(v.string(), v.unknown())), {})
const ParameterSchema = v.strictObject({
  Type: v.string(),
  Description: v.optional(v.string()),
  Default: v.optional(v.union([v.string(), v.number()])),
  AllowedValues: v.optional(v.array(v.union([v.string(), v.number()]))),
  AllowedPattern: v.optional(v.string()),
  MinValue: v.optional(v.number()),
  MaxValue: v.optional(v.number()),
  ConstraintDescription: v.optional(v.string()),
  NoEcho: v.optional(v.boolean()),
})
const ResourceSchema = v.strictObject({
  Type: v.string(),
  Condition: v.optional(v.string()),
  DependsOn: v.optional(v.union([v.string(), v.array(v.string())])),
  DeletionPolicy: v.optional(v.picklist(['Delete', 'Retain', 'RetainExceptOnCreate'])),
  UpdateReplacePolicy: v.optional(v.picklist(['Delete', 'Retain'])),
  Properties: v.optional(v.record(v.string(), v.unknown()), {}),
})
/** Strict: a section or an attribute with a misspelt name is a mistake that CloudFormation finds late or never. */
const TemplateSchema = v.strictObject({
  AWSTemplateFormatVersion: v.literal('2010-09-09'),
  Description: v.string(),
  Metadata: v.optional(v.record(v.string(), v.unknown())),
  Parameters: v.optional(v.record(v.string(), ParameterSchema), {}),
  Conditions: Section,
  Resources: v.record(v.string(), ResourceSchema),
  Outputs: v.optional(
    v.record(
      v.string(),
      v.strictObject({ Description: v.string(), Condition: v.optional(v.string()), Value: v.unknown() }),
    ),
    {},
  ),
})

export type Template = v.InferOutput<typeof TemplateSchema>
export type Resource = v.InferOutput<typeof ResourceSchema>

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

/** One use of a name: where, of what, under which conditions (`!Name` where it does not hold). */
export type Reference = {
  readonly at: string
  readonly name: string
  readonly attribute?: string
  readonly kind: 'value' | 'condition'
  readonly when: readonly string[]
}

/** Every reference in a part of a template. */
export function* referencesIn(
  value: unknown,
  at: string,
  when: readonly string[] = [],
): Generator<Reference> {
  const intrinsic = intrinsicOf(value)
  if (intrinsic?.name === 'Fn::If' && Array.isArray(intrinsic.argument)) {
    const [name, yes, no] = intrinsic.argument
    yield { at, name: String(name), kind: 'condition', when }
    yield* referencesIn(yes, at, [...when, String(name)])
    yield* referencesIn(no, at, [...when, `!${name}`])
  } else if (intrinsic?.name === 'Ref') {
    yield { at, name: String(intrinsic.argument), kind: 'value', when }
  } else if (intrinsic?.name === 'Fn::GetAtt' && Array.isArray(intrinsic.argument)) {
    const [name, attribute] = intrinsic.argument
    yield { at, name: String(name), attribute: String(attribute), kind: 'value', when }
  } else if (intrinsic?.name === 'Fn::Sub') {
    const { text, own } = readSub(intrinsic.argument)
    for (const placeholder of placeholders(text).filter((name) => !(name in own))) {
      const [name = '', ...attribute] = placeholder.split('.')
      const rest = attribute.length > 0 && { attribute: attribute.join('.') }
      yield { at, name, ...rest, kind: 'value', when }
    }
    yield* referencesIn(own, at, when)
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, part] of Object.entries(value)) yield* referencesIn(part, `${at}.${key}`, when)
  }
}
