/** The packages of a stage, in the bucket that all stages share. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import * as v from 'valibot'
import { Refusal } from '../terminal/refusal.ts'
import type { Account } from './aws.ts'
import { hasCode } from './aws-failure.ts'
import { bucketOf, inBucket } from './bucket.ts'

export type Package = {
  readonly path: string
  /** `<stage>/<sha256>.zip`: the same bytes have the same key, so that a deployment of them changes nothing. */
  readonly key: string
  readonly bytes: number
}

export async function readPackage(path: string, stage: string): Promise<Package> {
  const zip = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new Refusal(`Expected a package in ${path} but it cannot be read: ${error.message}`)
  })
  const hash = createHash('sha256').update(zip).digest('hex')
  return { path, key: `${stage}/${hash}.zip`, bytes: zip.length }
}

/** Uploads what is not there yet. */
export async function uploadPackage(aws: Account, { path, key }: Package): Promise<'there' | 'uploaded'> {
  const object = { ...inBucket(aws), Key: key }
  try {
    await aws.tell('s3api', 'head-object', object)
    return 'there'
  } catch (error) {
    if (!hasCode(error, '404') && !hasCode(error, 'NoSuchKey')) throw error
  }
  const md5 = createHash('md5')
    .update(await readFile(path))
    .digest('base64')
  // Older versions of the CLI know no newer checksum than MD5.
  await aws.tell(
    's3api',
    'put-object',
    { ...object, ContentMD5: md5 },
    { flags: ['--body', path], timeoutMs: 600_000 },
  )
  return 'uploaded'
}

const Listed = v.object({ Contents: v.optional(v.nullable(v.array(v.object({ Key: v.string() })))) })

/** Removes the packages of a stage except these. */
export async function removeOldPackages(aws: Account, stage: string, keep: readonly string[]): Promise<void> {
  const { Contents } = await aws.ask(Listed, 's3api', 'list-objects-v2', {
    ...inBucket(aws),
    Prefix: `${stage}/`,
  })
  const old = (Contents ?? []).filter(({ Key }) => !keep.includes(Key))
  await removeObjects(
    aws,
    old.map(({ Key }) => ({ Key })),
  )
}

type ObjectName = { readonly Key: string; readonly VersionId?: string }

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html */
const mostObjects = 1000

async function removeObjects(aws: Account, objects: readonly ObjectName[]): Promise<void> {
  for (let from = 0; from < objects.length; from += mostObjects) {
    const Delete = { Objects: objects.slice(from, from + mostObjects), Quiet: true }
    const { Errors } = await aws.ask(Removed, 's3api', 'delete-objects', { ...inBucket(aws), Delete })
    const [first] = Errors ?? []
    if (first)
      throw new Refusal(`Expected ${first.Key} to be removed from ${bucketOf(aws)} but: ${first.Message}`)
  }
}

const Removed = v.object({
  Errors: v.optional(
    v.nullable(v.array(v.object({ Key: v.string(), Message: v.optional(v.string(), 'no reason') }))),
  ),
})
const Version = v.object({ Key: v.string(), VersionId: v.string() })
const Versions = v.object({
  Versions: v.optional(v.nullable(v.array(Version))),
  DeleteMarkers: v.optional(v.nullable(v.array(Version))),
})

/** Removes all versions of a stage's packages, or of every stage's if none is named. */
export async function removeAllPackages(aws: Account, stage?: string): Promise<void> {
  const input = { ...inBucket(aws), ...(stage !== undefined && { Prefix: `${stage}/` }) }
  const found = await aws.ask(Versions, 's3api', 'list-object-versions', input)
  await removeObjects(aws, [...(found.Versions ?? []), ...(found.DeleteMarkers ?? [])])
}
