/** A blog with three posts that wait to be posted, and the judge of what became of them. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { sandboxAws } from '../../scripts/sandbox/dynamodb/dynamodb.ts'
import type { MastodonOptions, SandboxStatus } from '../../scripts/sandbox/mastodon/mastodon.ts'
import { type Sandbox, startSandbox } from '../../scripts/sandbox/sandbox.ts'
import type { PostRecord } from '../../src/core/record/record.ts'
import { createLedger } from '../../src/io/ledger/dynamodb.ts'

type Image = { readonly altText?: string; readonly width: number }
type Wanted = { readonly id: string; readonly images: readonly Image[]; readonly warning: string }

export interface Scene {
  readonly sandbox: Sandbox
  /** All variables of a run, with the sandbox's time as it is now. */
  env(): Readonly<Record<string, string>>
  /** Publishes the three posts. */
  publish(): void
  /** What went wrong, in sentences; empty where each post is there once, whole, in order, and settled. */
  judge(): Promise<readonly string[]>
  close(): Promise<void>
}

const minute = 60_000
/** The width tells the images apart, and every server takes it as it is. */
const posts: readonly { readonly images: readonly Image[]; readonly tags?: readonly string[] }[] = [
  { images: [{ width: 41, altText: 'One' }] },
  {
    images: [42, 43, 44, 45, 46].map((width) =>
      width === 44 ? { width } : { width, altText: `Number ${width}` },
    ),
  },
  { images: [{ width: 47, altText: 'Bare' }], tags: ['nsfw'] },
]

/** `mastodon` on top of a server that takes four images. `readRecords`: of the ledger that is judged; the sandbox's unless said. */
export async function setScene(
  mastodon: MastodonOptions,
  readRecords: (sandbox: Sandbox) => Promise<readonly PostRecord[]> = recordsOf,
): Promise<Scene> {
  const sandbox = await startSandbox({
    content: 'empty',
    mastodon: { ...mastodon, limits: { ...mastodon.limits, attachments: 4 } },
  })
  const { tumblr, switchboard } = sandbox
  const blog = sandbox.env['TUMBLR_BLOG'] ?? ''
  const old = tumblr.publish(blog, {
    at: switchboard.clock.now() - 60 * minute,
    images: [picture({ width: 40 })],
  })
  const wanted: Wanted[] = []
  return {
    sandbox,
    env: () => ({ ...sandbox.env, LEVITY_DELAY: '0', LEVITY_TAG_RULES: 'nsfw=cw:Nudity' }),
    publish() {
      for (const { images, tags = [] } of posts) {
        const { id } = tumblr.publish(blog, { images: images.map(picture), tags })
        wanted.push({ id, images, warning: tags.includes('nsfw') ? 'Nudity' : '' })
      }
    },
    judge: async () => [
      ...judgeStatuses(wanted, old.id, sandbox.mastodon.statuses),
      ...sandbox.mastodon.unlawful(),
      ...judgeRecords(wanted, await readRecords(sandbox)),
    ],
    close: () => sandbox.close(),
  }
}

const picture = (image: Image): Image & { readonly height: number; readonly seed: string } => ({
  ...image,
  height: 30,
  seed: String(image.width),
})

function judgeStatuses(wanted: readonly Wanted[], oldId: string, all: readonly SandboxStatus[]): string[] {
  const wrong: string[] = []
  const alive = all.filter((status) => !status.deleted)
  const roots = alive.filter((status) => status.inReplyToId === undefined)
  const linking = (id: string): SandboxStatus[] => roots.filter((status) => status.text.includes(id))
  let last = -1
  let expected = 0
  for (const [at, { id, images, warning }] of wanted.entries()) {
    const name = `post ${at + 1}`
    const [root, ...more] = linking(id)
    if (root === undefined) {
      wrong.push(`${name} is lost`)
      continue
    }
    if (more.length > 0) wrong.push(`${name} is there ${more.length + 1} times (double)`)
    const place = alive.indexOf(root)
    if (place < last) wrong.push(`${name} is out of order`)
    last = place
    const thread = threadFrom(root, alive)
    expected += thread.length
    const shown = thread.flatMap(({ media }) =>
      media.map(({ width, description }) => `${width} ${description ?? ''}`),
    )
    const meant = images.map(({ width, altText }) => `${width} ${altText ?? ''}`)
    if (shown.join() !== meant.join()) wrong.push(`${name} shows ${shown.join()} instead of ${meant.join()}`)
    if (thread.some(({ spoilerText }) => spoilerText !== warning)) wrong.push(`${name} has another warning`)
  }
  if (alive.length > expected) wrong.push(`${alive.length - expected} statuses too many (double)`)
  if (linking(oldId).length > 0) wrong.push('a post from before the start was posted')
  return wrong
}

/** The first answer to each status; further ones are counted as too many. */
function threadFrom(root: SandboxStatus, alive: readonly SandboxStatus[]): SandboxStatus[] {
  const thread = [root]
  for (let last: SandboxStatus | undefined = root; last !== undefined; ) {
    const { id: parent }: SandboxStatus = last
    last = alive.find((status) => status.inReplyToId === parent)
    if (last) thread.push(last)
  }
  return thread
}

function judgeRecords(wanted: readonly Wanted[], records: readonly PostRecord[]): string[] {
  const wrong: string[] = []
  for (const [at, { id }] of wanted.entries()) {
    const record = records.find((one) => one.id === id)
    if (record?.state !== 'settled' || record.outcome !== 'posted')
      wrong.push(
        `post ${at + 1} is ${record ? `${record.state} ${record.outcome ?? ''} (${record.reason ?? ''})` : 'not'} in the ledger`,
      )
  }
  return wrong
}

async function recordsOf({ ledger }: Sandbox): Promise<readonly PostRecord[]> {
  const client = new DynamoDBClient({
    endpoint: ledger.url,
    region: sandboxAws.AWS_REGION,
    credentials: { accessKeyId: 'sandbox', secretAccessKey: 'sandbox' },
  })
  try {
    const records: PostRecord[] = []
    for await (const record of createLedger({ table: ledger.tableName, route: 'main', client }).posts())
      records.push(record)
    return records
  } finally {
    client.destroy()
  }
}
