import { readFile } from 'node:fs/promises'
import * as v from 'valibot'
import { type CollectionTag, parseDocument, type ScalarTag } from 'yaml'

const names = ['Sub', 'GetAtt', 'If', 'Equals', 'Not', 'And', 'Or', 'Join', 'Select', 'Split', 'FindInMap']

const atFirstDot = (text: string): readonly string[] => {
  const [resource = '', ...attribute] = text.split('.')
  return [resource, attribute.join('.')]
}

/**
 * `!Sub x` is short for `{"Fn::Sub": x}`; only Ref and Condition go without the prefix.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
 */
const cloudFormationTags = ['Ref', 'Condition', ...names].flatMap((name): (ScalarTag | CollectionTag)[] => {
  const key = names.includes(name) ? `Fn::${name}` : name
  return [
    // Only the short form may join an attribute to its resource with a dot.
    { tag: `!${name}`, resolve: (text: string) => ({ [key]: name === 'GetAtt' ? atFirstDot(text) : text }) },
    { tag: `!${name}`, collection: 'seq', resolve: (list) => ({ [key]: list.toJSON() }) },
    { tag: `!${name}`, collection: 'map', resolve: (map) => ({ [key]: map.toJSON() }) },
  ]
})

const Keys = v.pipe(
  v.array(v.object({ AttributeName: v.string(), KeyType: v.picklist(['HASH', 'RANGE']) })),
  v.minLength(1),
)
const TableSchema = v.object({
  Type: v.literal('AWS::DynamoDB::Table'),
  DeletionPolicy: v.optional(v.string()),
  UpdateReplacePolicy: v.optional(v.string()),
  /** What CreateTable takes of it; the rest (recovery, protection) has no meaning on one machine. */
  Properties: v.object({
    BillingMode: v.literal('PAY_PER_REQUEST'),
    AttributeDefinitions: v.array(
      v.object({ AttributeName: v.string(), AttributeType: v.picklist(['S', 'N', 'B']) }),
    ),
    KeySchema: Keys,
    LocalSecondaryIndexes: v.array(
      v.object({
        IndexName: v.string(),
        KeySchema: Keys,
        Projection: v.object({ ProjectionType: v.picklist(['ALL', 'KEYS_ONLY']) }),
      }),
    ),
  }),
})

export type TableDefinition = v.InferOutput<typeof TableSchema>['Properties']

/**
 * A template as plain data, its short tags written out (`{Ref: …}`, `{'Fn::GetAtt': [resource, attribute]}`).
 * Throws for what is not YAML, and for a tag that is not known here: its value would pass for plain text.
 */
export function parseTemplate(text: string): unknown {
  const document = parseDocument(text, { customTags: cloudFormationTags })
  const [fault] = [...document.errors, ...document.warnings]
  if (fault !== undefined) throw fault
  return document.toJS()
}

/** A template of `infra/`, as plain data. */
export const readTemplate = async (
  file: 'template.yaml' | 'github-oidc.yaml' = 'template.yaml',
): Promise<unknown> => parseTemplate(await readFile(new URL(`../../infra/${file}`, import.meta.url), 'utf8'))

/** The one table of the template, so that the sandbox and the deployment cannot differ. Throws where the template holds none. */
export async function readTableDefinition(): Promise<TableDefinition> {
  const { Resources } = v.parse(
    v.object({ Resources: v.record(v.string(), v.unknown()) }),
    await readTemplate(),
  )
  for (const resource of Object.values(Resources)) {
    const table = v.safeParse(TableSchema, resource)
    if (table.success) return table.output.Properties
  }
  throw new Error('Expected a resource of type AWS::DynamoDB::Table in infra/template.yaml but received none')
}
