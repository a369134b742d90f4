/** Whether each resource has only properties that its type knows, all it needs, and values of the right kind. */
import type { PropertyType, ResourceProperties, SpecDatabase } from '@aws-cdk/service-spec-types'
import { type Fields, intrinsicOf, isFields, type Template } from './cfn-template.ts'

type Check = { readonly db: SpecDatabase; readonly parameters: Template['Parameters'] }

/** One sentence for each property that AWS's own description of its types does not allow. */
export function findTypeFaults(template: Template, db: SpecDatabase): readonly string[] {
  return Object.entries(template.Resources).flatMap(([id, { Type, Properties }]) => {
    const [spec] = db.lookup('resource', 'cloudFormationType', 'equals', Type)
    if (spec === undefined) return [`${id}: there is no type ${Type}`]
    return findInFields(
      Properties,
      spec.properties,
      { at: id, type: Type },
      { db, parameters: template.Parameters },
    )
  })
}

function findInFields(
  fields: Fields,
  known: ResourceProperties,
  { at, type }: { readonly at: string; readonly type: string },
  check: Check,
): readonly string[] {
  const missing = Object.entries(known)
    .filter(([name, { required }]) => required && !(name in fields))
    .map(([name]) => `${at}: ${type} needs ${name}`)
  const wrong = Object.entries(fields).flatMap(([name, value]) => {
    const property = known[name]
    if (property === undefined) return [`${at}: ${type} has no ${name}`]
    return findInValue(value, property.type, `${at}.${name}`, check)
  })
  return [...missing, ...wrong]
}

function findInValue(value: unknown, type: PropertyType, at: string, check: Check): readonly string[] {
  const intrinsic = intrinsicOf(value)
  if (intrinsic?.name === 'Fn::If' && Array.isArray(intrinsic.argument))
    return intrinsic.argument.slice(1).flatMap((branch) => findInValue(branch, type, at, check))
  if (intrinsic?.name === 'Ref' && intrinsic.argument === 'AWS::NoValue') return []
  const wrong = [`${at}: expected ${type.type} but received ${JSON.stringify(value)}`]
  const parameter = intrinsic?.name === 'Ref' ? check.parameters[String(intrinsic.argument)] : undefined
  if (parameter !== undefined) {
    // What it may be; an empty text stands for "not given" and is caught by a condition.
    const values = [parameter.Default, ...(parameter.AllowedValues ?? [])].filter(
      (one) => one !== undefined && one !== '',
    )
    return values.flatMap((one) => findInValue(one, type, at, check))
  }
  if (intrinsic !== undefined) {
    const gives = intrinsic.name === 'Fn::Split' ? 'list' : 'text'
    return (type.type === 'array') === (gives === 'list') || type.type === 'json' || type.type === 'union'
      ? []
      : wrong
  }
  switch (type.type) {
    case 'union': {
      const tries = type.types.map((one) => findInValue(value, one, at, check))
      return tries.some((faults) => faults.length === 0) ? [] : wrong
    }
    case 'array':
      if (!Array.isArray(value)) return wrong
      return value.flatMap((one, index) => findInValue(one, type.element, `${at}.${index}`, check))
    case 'map':
      if (!isFields(value)) return wrong
      return Object.entries(value).flatMap(([key, one]) =>
        findInValue(one, type.element, `${at}.${key}`, check),
      )
    case 'ref': {
      if (!isFields(value)) return wrong
      const { name, properties } = check.db.get('typeDefinition', type.reference.$ref)
      return findInFields(value, properties, { at, type: name }, check)
    }
    default:
      return isPlain(value, type) ? [] : wrong
  }
}

/** CloudFormation takes numbers and booleans written as text, and numbers for text. */
function isPlain(value: unknown, type: PropertyType): boolean {
  switch (type.type) {
    case 'string':
      return (
        typeof value === 'number' ||
        (typeof value === 'string' && (type.allowedValues?.includes(value) ?? true))
      )
    case 'integer':
      return Number.isInteger(typeof value === 'string' ? Number(value) : value)
    case 'number':
      return Number.isFinite(typeof value === 'string' ? Number(value) : value)
    case 'boolean':
      return typeof value === 'boolean' || value === 'true' || value === 'false'
    case 'json':
      return isFields(value)
    case 'tag':
      return isFields(value) && Object.keys(value).sort().join() === 'Key,Value'
    case 'date-time':
      return typeof value === 'string' && !Number.isNaN(Date.parse(value))
    default:
      return value === undefined
  }
}
