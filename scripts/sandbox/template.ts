import { readFile } from 'node:fs/promises'
import * as v from 'valibot'
import { type CollectionTag, parse, type ScalarTag } from 'yaml'

const names = ['Sub', 'GetAtt', 'If', 'Equals', 'Not', 'And', 'Or', 'Join', 'Select', 'Split', 'FindInMap']

/**
 * `!Sub x` is short for `{"Fn::Sub": x}`; only Ref and Condition go without the prefix.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
 */
const cloudFormationTags = ['Ref', 'Condition', ...names].flatMap((name): (ScalarTag | CollectionTag)[] => {
  const key = names.includes(name) ? `Fn::${name}` : name
  return [
    { tag: `!${name}`, resolve: (text: string) => ({ [key]: text }) },
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

/** `infra/template.yaml` as plain data, its short tags written out (`{Ref: …}`, `{'Fn::Sub': …}`). */
export async function readTemplate(): Promise<unknown> {
  const text = await readFile(new URL('../../infra/template.yaml', import.meta.url), 'utf8')
  return parse(text, { customTags: cloudFormationTags })
}

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
