/** Parameter Store on this machine, as far as `ssm:` settings need it: the call GetParameters. */
import { Hono } from 'hono'
import * as v from 'valibot'
import { sandboxAws } from './dynamodb/dynamodb.ts'
import { type HonoEnv, listen } from './server.ts'

export interface ParametersSandbox {
  /** For `AWS_ENDPOINT_URL_SSM`. */
  readonly url: string
  /** SecureStrings, by name; changed at will. */
  readonly values: Map<string, string>
  /** Names that the caller may not read. */
  readonly denied: Set<string>
  /** The names of each call so far. */
  readonly calls: readonly (readonly string[])[]
  close(): Promise<void>
}

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html */
const Asked = v.object({
  Names: v.pipe(v.array(v.pipe(v.string(), v.minLength(1))), v.minLength(1), v.maxLength(10)),
  WithDecryption: v.optional(v.boolean(), false),
})
type Answer = { readonly status: 200 | 400; readonly body: object }

export async function startParameters(
  values: Readonly<Record<string, string>> = {},
): Promise<ParametersSandbox> {
  const store = new Map(Object.entries(values))
  const denied = new Set<string>()
  const calls: string[][] = []
  const app = new Hono<HonoEnv>()
  app.post('/', async (c) => {
    const operation = c.req.header('x-amz-target')
    const { status, body } =
      operation === 'AmazonSSM.GetParameters'
        ? answer(await c.req.json(), store, denied, calls)
        : refuse('UnknownOperationException', `Expected GetParameters but received ${operation}`)
    return c.body(JSON.stringify(body), status, { 'content-type': 'application/x-amz-json-1.1' })
  })
  const server = await listen(app)
  return { url: server.url, values: store, denied, calls, close: server.close }
}

function answer(
  json: unknown,
  store: ReadonlyMap<string, string>,
  denied: ReadonlySet<string>,
  calls: string[][],
): Answer {
  const asked = v.safeParse(Asked, json)
  if (!asked.success) return refuse('ValidationException', asked.issues[0].message)
  const { Names, WithDecryption } = asked.output
  calls.push(Names)
  const refused = Names.find((name) => denied.has(name))
  if (refused !== undefined)
    return refuse(
      'AccessDeniedException',
      `User: arn:aws:sts::123456789012:assumed-role/levity/levity is not authorized to perform: ssm:GetParameters on resource: ${arnOf(refused)} because no identity-based policy allows the ssm:GetParameters action`,
    )
  const found = Names.flatMap((Name) => {
    const Value = store.get(Name)
    if (Value === undefined) return []
    // Without decryption it stays unreadable.
    const shown = WithDecryption ? Value : Buffer.from(`of KMS: ${Value}`).toString('base64')
    return [{ Name, Type: 'SecureString', Value: shown, Version: 1, ARN: arnOf(Name) }]
  })
  const InvalidParameters = Names.filter((name) => !store.has(name))
  return { status: 200, body: { Parameters: found, InvalidParameters } }
}

const arnOf = (name: string): string => `arn:aws:ssm:${sandboxAws.AWS_REGION}:123456789012:parameter${name}`

const refuse = (type: string, message: string): Answer => ({
  status: 400,
  body: { __type: type, message },
})
