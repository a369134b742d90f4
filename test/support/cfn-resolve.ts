/** A template as CloudFormation would fill it in: every reference a name, every condition decided. */
import type { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec'
import { type Fields, intrinsicOf, isFields, placeholders, readSub, type Template } from './cfn-template.ts'

type SpecDatabase = ReturnType<typeof loadAwsServiceSpecSync>

export type Resolved = {
  /** The properties of each resource that is there. */
  readonly resources: Readonly<Record<string, Fields>>
  readonly outputs: Readonly<Record<string, unknown>>
  /** The ARN of each that has one. */
  readonly arns: Readonly<Record<string, string>>
}

const account = '123456789012'
const region = 'eu-central-1'

type Scope = {
  readonly template: Template
  readonly db: SpecDatabase
  readonly pseudo: Fields
  readonly parameters: Fields
}

const nothing = Symbol('AWS::NoValue')

/** `parameters` stand for those given; the others keep their defaults. Throws for one that has neither, or is none. */
export function resolveTemplate(
  template: Template,
  db: SpecDatabase,
  { stack, parameters = {} }: { readonly stack: string; readonly parameters?: Fields },
): Resolved {
  const stranger = Object.keys(parameters).find((name) => !(name in template.Parameters))
  if (stranger !== undefined) throw new Error(`Expected a parameter of the template but received ${stranger}`)
  const defaults = Object.entries(template.Parameters).map(([name, { Default }]) => [name, Default])
  const pseudo = {
    'AWS::StackName': stack,
    'AWS::Region': region,
    'AWS::AccountId': account,
    'AWS::Partition': 'aws',
    'AWS::NoValue': nothing,
  }
  const scope = { template, db, pseudo, parameters: { ...Object.fromEntries(defaults), ...parameters } }
  const isThere = ({ Condition }: { readonly Condition?: string | undefined }): boolean =>
    Condition === undefined || holds(scope, Condition)
  const present = Object.entries(template.Resources).filter(([, resource]) => isThere(resource))
  return {
    resources: Object.fromEntries(
      present.map(([id, { Properties }]) => [id, asFields(resolve(scope, Properties))]),
    ),
    arns: Object.fromEntries(
      present
        .filter(([, { Type }]) => specOf(db, Type)?.arnTemplate)
        .map(([id]) => [id, attributeOf(scope, id, 'Arn')]),
    ),
    outputs: Object.fromEntries(
      Object.entries(template.Outputs)
        .filter(([, output]) => isThere(output))
        .map(([id, { Value }]) => [id, resolve(scope, Value)]),
    ),
  }
}

const holds = (scope: Scope, condition: unknown): boolean =>
  resolve(scope, scope.template.Conditions[String(condition)]) === true

function resolve(scope: Scope, value: unknown): unknown {
  const intrinsic = intrinsicOf(value)
  if (intrinsic !== undefined) return compute(scope, intrinsic.name, intrinsic.argument)
  if (Array.isArray(value)) return value.map((one) => resolve(scope, one)).filter((one) => one !== nothing)
  if (!isFields(value)) return value
  const entries = Object.entries(value).map(([key, one]) => [key, resolve(scope, one)] as const)
  return Object.fromEntries(entries.filter(([, one]) => one !== nothing))
}

function compute(scope: Scope, name: string, argument: unknown): unknown {
  const parts = Array.isArray(argument) ? argument : []
  const text = (part: unknown): string => String(resolve(scope, part))
  switch (name) {
    case 'Ref':
      return refer(scope, String(argument))
    case 'Fn::GetAtt':
      return attributeOf(scope, String(parts[0]), String(parts[1]))
    case 'Fn::Sub':
      return substitute(scope, argument)
    case 'Fn::If':
      return resolve(scope, holds(scope, parts[0]) ? parts[1] : parts[2])
    case 'Fn::Equals':
      return text(parts[0]) === text(parts[1])
    case 'Fn::Not':
      return resolve(scope, parts[0]) !== true
    case 'Fn::Join':
      return asList(resolve(scope, parts[1])).join(String(parts[0]))
    case 'Fn::Split':
      return text(parts[1]).split(String(parts[0]))
    default:
      throw new Error(`Expected an intrinsic function that is known here but received ${name}`)
  }
}

function substitute(scope: Scope, argument: unknown): string {
  const { text, own } = readSub(argument)
  return placeholders(text).reduce((filled, name) => {
    const [id = '', ...attribute] = name.split('.')
    const value =
      name in own
        ? resolve(scope, own[name])
        : attribute.length > 0
          ? attributeOf(scope, id, attribute.join('.'))
          : refer(scope, name)
    return filled.replaceAll(`\${${name}}`, String(value))
  }, text)
}

function refer(scope: Scope, name: string): unknown {
  if (name in scope.pseudo) return scope.pseudo[name]
  if (!(name in scope.parameters)) return attributeOf(scope, name, 'Ref')
  const value = scope.parameters[name]
  if (value === undefined) throw new Error(`Expected a value for the parameter ${name}`)
  return value
}

const specOf = (db: SpecDatabase, type: string) =>
  db.lookup('resource', 'cloudFormationType', 'equals', type).at(0)

/** Names and ARNs as AWS makes them; what has no name of its own is named after stack and resource. */
function attributeOf(scope: Scope, id: string, attribute: string): string {
  const { Type, Properties } = scope.template.Resources[id] ?? {}
  const spec = specOf(scope.db, Type ?? '')
  if (spec?.arnTemplate === undefined || Properties === undefined)
    throw new Error(`Expected an ARN for ${id}`)
  const [, placeholder = ''] = /\$\{(\w+)\}$/.exec(spec.arnTemplate) ?? []
  const own = Properties[placeholder.replace('WithPath', '')] ?? Properties['ManagedPolicyName']
  const name =
    own === undefined ? `${scope.pseudo['AWS::StackName']}-${id}-1A2B3C4D5E6F` : String(resolve(scope, own))
  const asked =
    attribute === 'Ref' ? (spec.cfnRefIdentifier ?? spec.primaryIdentifier ?? []).at(-1) : attribute
  if (asked?.endsWith('Url')) return `https://sqs.${region}.amazonaws.com/${account}/${name}`
  if (!asked?.endsWith('Arn')) return name
  const known: Fields = { Partition: 'aws', Region: region, Account: account, [placeholder]: name }
  const arn = spec.arnTemplate.replace(/\$\{(\w+)\}/g, (_, key: string) => String(known[key]))
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-logs-loggroup.html
  return Type === 'AWS::Logs::LogGroup' ? `${arn}:*` : arn
}

function asList(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error(`Expected a list but received ${JSON.stringify(value)}`)
  return value
}

function asFields(value: unknown): Fields {
  if (!isFields(value)) throw new Error(`Expected properties but received ${JSON.stringify(value)}`)
  return value
}
