/** The form of an exported ledger: JSON Lines, a heading and then one item a line, every attribute whole. Pure. */
import * as v from 'valibot'
import { type PostRecord, PostRecordSchema } from '../../src/core/record/record.ts'
import { type RouteRecord, RouteRecordSchema } from '../../src/core/record/route.ts'
import { type Item, postSort, routeSort } from '../../src/io/ledger/ledger.ts'
import { Refusal } from '../terminal/refusal.ts'

const HeadingSchema = v.object({
  format: v.literal('levity-ledger'),
  version: v.literal(1),
  route: v.string(),
  blog: v.string(),
  account: v.nullable(v.string()),
  /** ISO 8601. */
  exportedAt: v.pipe(v.string(), v.isoTimestamp()),
  /** How many lines follow: a file that was cut off is noticed. */
  items: v.number(),
})
export type Heading = v.InferOutput<typeof HeadingSchema>

export type StoredRoute = { readonly item: Item; readonly record: RouteRecord }
export type StoredPost = { readonly item: Item; readonly record: PostRecord }
export type Exported = {
  readonly heading: Heading
  readonly route: StoredRoute
  readonly posts: readonly StoredPost[]
}

export function writeExport(
  route: string,
  { blog, server }: RouteRecord,
  items: readonly Item[],
  now: number,
): string {
  const heading: Heading = {
    format: 'levity-ledger',
    version: 1,
    route,
    blog: blog.name,
    account: server?.account.url ?? null,
    exportedAt: new Date(now).toISOString(),
    items: items.length,
  }
  return [heading, ...items].map((line) => `${JSON.stringify(line)}\n`).join('')
}

const ItemSchema = v.record(v.string(), v.unknown())

/** Throws Refusal with the first bad line, counted from 1. */
export function readExport(text: string, file: string): Exported {
  const [first = '', ...rest] = text.replace(/\n$/, '').split('\n')
  const heading = readLine(HeadingSchema, first, 1, file, 'the heading of an exported ledger')
  if (rest.length !== heading.items)
    throw new Refusal(
      `Expected ${heading.items} lines after the first in ${file} but received ${rest.length}: it was cut off, or changed`,
    )
  const routes: StoredRoute[] = []
  const posts = new Map<string, StoredPost>()
  for (const [at, line] of rest.entries()) {
    const number = at + 2
    const item = readLine(ItemSchema, line, number, file, 'a record')
    if (item['pk'] !== heading.route)
      throw badLine(
        number,
        file,
        `a record of the route ${heading.route}`,
        `pk ${JSON.stringify(item['pk'])}`,
      )
    if (item['sk'] === routeSort)
      routes.push({ item, record: readLine(RouteSchema, line, number, file, 'the record of a route') })
    else {
      const record = readLine(PostSchema, line, number, file, 'the record of a post')
      const key = postSort(record)
      if (item['sk'] !== key || posts.has(key))
        throw badLine(number, file, `the key ${key}, once,`, `sk ${JSON.stringify(item['sk'])}`)
      posts.set(key, { item, record })
    }
  }
  const [route, ...others] = routes
  if (route === undefined || others.length > 0)
    throw new Refusal(`Expected one record of the route in ${file} but received ${routes.length}`)
  return { heading, route, posts: [...posts.values()] }
}

const isCount = (number: number): boolean => Number.isSafeInteger(number) && number >= 1
const RouteSchema = v.pipe(
  RouteRecordSchema,
  v.check((record) => isCount(record.version), 'its version'),
)
const PostSchema = v.pipe(
  PostRecordSchema,
  v.check(({ id, copy }) => /^[1-9]\d{0,19}$/.test(id) && isCount(copy), 'its id or copy'),
  v.check((record) => isCount(record.version), 'its version'),
)

function readLine<T>(
  schema: v.GenericSchema<unknown, T>,
  line: string,
  number: number,
  file: string,
  expected: string,
): T {
  let json: unknown
  try {
    json = JSON.parse(line)
  } catch {
    throw badLine(number, file, `${expected} in JSON`, JSON.stringify(line.slice(0, 60)))
  }
  const result = v.safeParse(schema, json)
  if (result.success) return result.output
  const [{ path, message }] = result.issues
  const wrong = path
    ? `${path.map(({ key }) => String(key)).join('.')} is wrong (${message})`
    : `${message} is wrong`
  throw badLine(number, file, expected, `one in which ${wrong}`)
}

const badLine = (number: number, file: string, expected: string, received: string): Refusal =>
  new Refusal(
    `Expected ${expected} in line ${number} of ${file} but received ${received}: nothing was imported`,
  )
