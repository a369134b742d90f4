/** The bucket for Lambda's packages: one for all stages of an account and a region. */
import { Refusal } from '../terminal/refusal.ts'
import type { Account } from './aws.ts'
import { hasCode, isDenied } from './aws-failure.ts'

export const bucketOf = ({ account, region }: Pick<Account, 'account' | 'region'>): string =>
  `levity-packages-${account}-${region}`

/** Bucket names are shared by all of AWS: if somebody else has taken ours, they must never receive a package. */
export const inBucket = (
  aws: Account,
): { readonly Bucket: string; readonly ExpectedBucketOwner: string } => ({
  Bucket: bucketOf(aws),
  ExpectedBucketOwner: aws.account,
})

/** `created` if there was none. Completes what an earlier attempt left unfinished. Throws Refusal if the name is taken. */
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
  // Last: if it is missing, all of these steps are done again.
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

export const removeBucket = (aws: Account): Promise<void> => aws.tell('s3api', 'delete-bucket', inBucket(aws))

export const hasBucket = (aws: Account): Promise<boolean> =>
  aws.tell('s3api', 'head-bucket', inBucket(aws)).then(
    () => true,
    (error: unknown) => {
      if (hasCode(error, '404') || hasCode(error, 'NoSuchBucket')) return false
      throw error
    },
  )

function explain(error: unknown, aws: Account): unknown {
  if (hasCode(error, 'BucketAlreadyExists') || isDenied(error))
    return new Refusal(
      `Expected a bucket ${bucketOf(aws)} of this account, or the right to make one, but received neither: ${error instanceof Error ? error.message : error}`,
    )
  return error
}
