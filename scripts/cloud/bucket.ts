/** Where the packages lie that Lambda is given: one bucket for all stages of an account and a region. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import * as v from 'valibot'
import { Refusal } from '../refusal.ts'
import type { Account } from './aws.ts'
import { AwsError, isDenied } from './aws-failure.ts'

export type Package = {
  readonly path: string
  /** `<stage>/<sha256>.zip`: the same bytes have the same key, so that a deployment of them changes nothing. */
  readonly key: string
  readonly bytes: number
}

export const bucketOf = ({ account, region }: Pick<Account, 'account' | 'region'>): string =>
  `levity-packages-${account}-${region}`

export async function readPackage(path: string, stage: string): Promise<Package> {
  const zip = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new Refusal(`Expected a package in ${path} but it cannot be read: ${error.message}`)
  })
  const hash = createHash('sha256').update(zip).digest('hex')
  return { path, key: `${stage}/${hash}.zip`, bytes: zip.length }
}

/** Names are the whole world's: whoever has taken ours must never be given a package. */
export const inBucket = (
  aws: Account,
): { readonly Bucket: string; readonly ExpectedBucketOwner: string } => ({
  Bucket: bucketOf(aws),
  ExpectedBucketOwner: aws.account,
})

/** `created` where there was none. Takes up again what an earlier try left half-way. Throws Refusal where the name is taken. */
export async function ensureBucket(aws: Account): Promise<'there' | 'created'> {
  try {
    await aws.tell('s3api', 'get-bucket-lifecycle-configuration', inBucket(aws))
    return 'there'
  } catch (error) {
    if (hasCode(error, 'NoSuchBucket')) await createBucket(aws)
    else if (!hasCode(error, 'NoSuchLifecycleConfiguration')) throw explain(error, aws)
  }
  await secureBucket(aws)
  return 'created'
}

async function createBucket(aws: Account): Promise<void> {
  // https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html: us-east-1 is no location.
  const place =
    aws.region === 'us-east-1' ? {} : { CreateBucketConfiguration: { LocationConstraint: aws.region } }
  const input = { Bucket: bucketOf(aws), ObjectOwnership: 'BucketOwnerEnforced', ...place }
  await aws.tell('s3api', 'create-bucket', input).catch((error: unknown) => {
    throw explain(error, aws)
  })
}

async function secureBucket(aws: Account): Promise<void> {
  const bucket = inBucket(aws)
  await aws.tell('s3api', 'put-public-access-block', {
    ...bucket,
    PublicAccessBlockConfiguration: {
      BlockPublicAcls: true,
      IgnorePublicAcls: true,
      BlockPublicPolicy: true,
      RestrictPublicBuckets: true,
    },
  })
  await aws.tell('s3api', 'put-bucket-encryption', {
    ...bucket,
    ServerSideEncryptionConfiguration: {
      Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
    },
  })
  await aws.tell('s3api', 'put-bucket-versioning', {
    ...bucket,
    VersioningConfiguration: { Status: 'Enabled' },
  })
  // Last: where it is missing, all of this is done anew.
  await aws.tell('s3api', 'put-bucket-lifecycle-configuration', {
    ...bucket,
    LifecycleConfiguration: {
      Rules: [
        {
          ID: 'old versions',
          Status: 'Enabled',
          Filter: { Prefix: '' },
          NoncurrentVersionExpiration: { NoncurrentDays: 30 },
          AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
        },
      ],
    },
  })
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
  // Newer ways to prove that it arrived whole are not known to every version of the CLI.
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

/** All versions of a stage's packages; of every stage's where none is named. */
export async function removeAllPackages(aws: Account, stage?: string): Promise<void> {
  const input = { ...inBucket(aws), ...(stage !== undefined && { Prefix: `${stage}/` }) }
  const found = await aws.ask(Versions, 's3api', 'list-object-versions', input)
  await removeObjects(aws, [...(found.Versions ?? []), ...(found.DeleteMarkers ?? [])])
}

export const removeBucket = (aws: Account): Promise<void> => aws.tell('s3api', 'delete-bucket', inBucket(aws))

export const hasBucket = (aws: Account): Promise<boolean> =>
  aws.tell('s3api', 'head-bucket', inBucket(aws)).then(
    () => true,
    (error: unknown) => {
      if (hasCode(error, '404') || hasCode(error, 'NoSuchBucket')) return false
      throw error
    },
  )

const hasCode = (error: unknown, code: string): boolean => error instanceof AwsError && error.code === code

function explain(error: unknown, aws: Account): unknown {
  if (hasCode(error, 'BucketAlreadyExists') || isDenied(error))
    return new Refusal(
      `Expected a bucket ${bucketOf(aws)} of this account, or the right to make one, but received neither: ${error instanceof Error ? error.message : error}`,
    )
  return error
}
