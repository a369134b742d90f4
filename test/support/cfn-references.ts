/** Whether every name in a template leads somewhere, and in no circle. */
import type { SpecDatabase } from '@aws-cdk/service-spec-types'
import { isFields, type Reference, referencesIn, type Template } from './cfn-template.ts'

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html */
const pseudo = new Set(
  [
    'AccountId',
    'NotificationARNs',
    'NoValue',
    'Partition',
    'Region',
    'StackId',
    'StackName',
    'URLSuffix',
  ].map((name) => `AWS::${name}`),
)

/** One sentence for each reference that leads nowhere, each name nothing uses, and each circle of resources. */
export function findReferenceFaults(template: Template, db: SpecDatabase): readonly string[] {
  const references = [...allReferences(template)]
  return [
    ...references.flatMap((reference) => faultOf(reference, template, db) ?? []),
    ...findUnused(template, references),
    ...findCircles(template),
  ]
}

function* allReferences({ Conditions, Resources, Outputs }: Template): Generator<Reference> {
  for (const [id, condition] of Object.entries(Conditions)) {
    yield* referencesIn(condition, `Conditions.${id}`)
    yield* conditionsIn(condition, `Conditions.${id}`)
  }
  const parts = [
    ...Object.entries(Resources).map(([id, { Condition, Properties }]) => ({
      id,
      Condition,
      part: Properties,
    })),
    ...Object.entries(Outputs).map(([id, { Condition, Value }]) => ({ id, Condition, part: Value })),
  ]
  for (const { id, Condition, part } of parts) {
    if (Condition !== undefined) yield { at: id, name: Condition, kind: 'condition', when: [] }
    yield* referencesIn(part, id, Condition === undefined ? [] : [Condition])
  }
  for (const [id, { DependsOn = [] }] of Object.entries(Resources))
    for (const name of [DependsOn].flat()) yield { at: id, name, kind: 'value', when: [] }
}

/** `{Condition: name}`: only there does the word refer to one; in a policy it means another thing. */
function* conditionsIn(value: unknown, at: string): Generator<Reference> {
  if (isFields(value) && typeof value['Condition'] === 'string')
    yield { at, name: value['Condition'], kind: 'condition', when: [] }
  else if (typeof value === 'object' && value !== null)
    for (const part of Object.values(value)) yield* conditionsIn(part, at)
}

function faultOf(
  { at, name, attribute, kind, when }: Reference,
  { Parameters, Conditions, Resources }: Template,
  db: SpecDatabase,
): string | undefined {
  if (kind === 'condition')
    return name in Conditions ? undefined : `${at} asks for the condition ${name}, which is not there`
  if (attribute === undefined && (pseudo.has(name) || name in Parameters)) return undefined
  const resource = Resources[name]
  if (resource === undefined) return `${at} refers to ${name}, which is not there`
  if (resource.Condition !== undefined && !when.includes(resource.Condition))
    return `${at} refers to ${name}, which is only there under ${resource.Condition}`
  if (attribute === undefined) return undefined
  const [spec] = db.lookup('resource', 'cloudFormationType', 'equals', resource.Type)
  return spec !== undefined && attribute in spec.attributes
    ? undefined
    : `${at} refers to ${name}.${attribute}, but ${resource.Type} has no such attribute`
}

function findUnused(
  { Parameters, Conditions }: Template,
  references: readonly Reference[],
): readonly string[] {
  const used = (kind: Reference['kind']): Set<string> =>
    new Set(references.filter((reference) => reference.kind === kind).map(({ name }) => name))
  return [
    ...Object.keys(Parameters).filter((name) => !used('value').has(name)),
    ...Object.keys(Conditions).filter((name) => !used('condition').has(name)),
  ].map((name) => `${name} is used by nothing`)
}

function findCircles({ Resources }: Template): readonly string[] {
  const needs = new Map(
    Object.entries(Resources).map(([id, { Properties, DependsOn = [] }]) => [
      id,
      [...[...referencesIn(Properties, id)].map(({ name }) => name), ...[DependsOn].flat()],
    ]),
  )
  const done = new Set<string>()
  const circles: string[] = []
  const visit = (id: string, path: readonly string[]): void => {
    const start = path.indexOf(id)
    if (start >= 0) circles.push(`${[...path.slice(start), id].join(' needs ')}: a circle`)
    if (start >= 0 || done.has(id)) return
    for (const next of needs.get(id) ?? []) visit(next, [...path, id])
    done.add(id)
  }
  for (const id of needs.keys()) visit(id, [])
  return circles
}
