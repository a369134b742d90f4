/** `infra/template.yaml` with the settings of a stage: a parameter and a variable of the function for each, never a value. */
import { readFile } from 'node:fs/promises'
import * as v from 'valibot'
import { type Document, isMap, isScalar, parseDocument, type Scalar } from 'yaml'
import { isSecret } from '../../src/core/config/settings.ts'
import { Refusal } from '../terminal/refusal.ts'

export type Template = {
  /** YAML, as CloudFormation takes it. */
  readonly body: string
  /** Every parameter there is, by its logical id, with what may be given for it. */
  readonly parameters: ReadonlyMap<string, Constraint>
  /** The names of the variables that the template itself gives the function, with their values where they are plain text. */
  readonly ownVariables: ReadonlyMap<string, string | undefined>
}

const ConstraintSchema = v.object({
  Default: v.optional(v.unknown()),
  AllowedValues: v.optional(v.array(v.union([v.string(), v.number()]))),
  AllowedPattern: v.optional(v.string()),
  MinValue: v.optional(v.number()),
  MaxValue: v.optional(v.number()),
  ConstraintDescription: v.optional(v.string()),
})
export type Constraint = v.InferOutput<typeof ConstraintSchema>

/** Logical ids are letters and digits: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html */
export const parameterOf = (variable: string): string => variable.replaceAll('_', 'x')

const path = new URL('../../infra/template.yaml', import.meta.url)
const environment = ['Resources', 'Function', 'Properties', 'Environment', 'Variables']

/** The template for a stage that sets these variables. */
export async function readTemplateFor(variables: readonly string[]): Promise<Template> {
  // YAML does not know the short tags (!Ref, !Sub …); they are kept as they are.
  const document = parseDocument(await readFile(path, 'utf8'), { logLevel: 'error' })
  const ownVariables = readOwnVariables(document)
  for (const name of variables) {
    document.setIn(['Parameters', parameterOf(name)], parameterFor(name))
    document.setIn([...environment, name], { Ref: parameterOf(name) })
  }
  const parameters = v.parse(v.record(v.string(), ConstraintSchema), document.toJS().Parameters)
  return {
    // Long lines are not folded: a line break would change the text.
    body: document.toString({ lineWidth: 0 }),
    parameters: new Map(Object.entries(parameters)),
    ownVariables,
  }
}

function parameterFor(name: string): object {
  return {
    Type: 'String',
    Description: `${name} of .env.<stage>`,
    ...(isSecret(name) && { NoEcho: true }),
  }
}

function readOwnVariables(document: Document): Template['ownVariables'] {
  const variables = document.getIn(environment)
  if (!isMap<Scalar<string>>(variables)) throw new Error(`Expected ${environment.join('.')} in ${path}`)
  // A reference is a text with a tag of CloudFormation's, or a list or map.
  const isPlain = (node: unknown): node is Scalar => isScalar(node) && !node.tag?.startsWith('!')
  return new Map(
    variables.items.map(({ key, value }) => [key.value, isPlain(value) ? String(value.value) : undefined]),
  )
}

/** Throws Refusal for a value that CloudFormation would refuse; `flag` is what the person wrote. */
export function checkParameter(template: Template, id: string, value: string, flag: string): void {
  const constraint = template.parameters.get(id)
  if (constraint === undefined) throw new Error(`Expected a parameter of the template but received ${id}`)
  const { AllowedValues, AllowedPattern, MinValue, MaxValue, ConstraintDescription } = constraint
  const number = Number(value)
  const fits =
    (AllowedValues === undefined || AllowedValues.map(String).includes(value)) &&
    (AllowedPattern === undefined || new RegExp(AllowedPattern).test(value)) &&
    (MinValue === undefined || number >= MinValue) &&
    (MaxValue === undefined || number <= MaxValue)
  if (fits) return
  const expected = AllowedValues
    ? `must be one of ${AllowedValues.join(', ')}`
    : (ConstraintDescription ?? 'has another form')
  throw new Refusal(`${flag} ${expected.replace(/\.$/, '')}, but received ${JSON.stringify(value)}`)
}
