/** A person's folder, shell and accounts, from which the commands are run as they are run in life: as processes. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { zipSync } from 'fflate'
import { type Sandbox, startSandbox } from '../../scripts/sandbox/index.ts'
import { type Between, likeAws, startBetween } from './between.ts'
import { awsPath, startMoto } from './moto.ts'
import { type Ended, runCommand, start } from './shell.ts'

export interface Cloud {
  readonly url: string
  readonly folder: string
  readonly sandbox: Sandbox
  /** What the commands' shell has; a test may add to it. */
  readonly env: Record<string, string>
  /** A file that may be deployed, of a few bytes. */
  readonly zip: string
  /** `npm run <command> -- <args>` in the folder. */
  run(command: string, ...args: readonly string[]): Promise<Ended>
  /** The AWS CLI, as a test asks what is there. */
  aws(...args: readonly string[]): Promise<unknown>
  /** Of the sandbox's accounts, and what a test changes; undefined leaves a line out. */
  writeSettings(stage: string, changes?: Readonly<Record<string, string | undefined>>): Promise<void>
  /** Every call of the AWS CLI by a command so far: its arguments. */
  calls(): Promise<readonly string[]>
  /** The bucket for packages as an earlier deployment left it: making one takes seven calls of the CLI. */
  makeBucket(): Promise<void>
  close(): Promise<void>
}

export async function startCloud(between: Between = (_, answer) => answer): Promise<Cloud> {
  const [moto, sandbox, folder] = await Promise.all([
    startMoto(),
    startSandbox({ content: 'pretty' }),
    mkdtemp(join(tmpdir(), 'levity-cloud-')),
  ])
  const aws = likeAws()
  const door = await startBetween(moto.url, (asked, answer) => between(asked, aws(asked, answer)))
  const record = join(folder, 'calls')
  const zip = join(folder, 'package.zip')
  await writeFile(zip, zipSync({ 'repost.mjs': Buffer.from('export const handler = () => {}') }))
  await writeFile(record, '')
  await mkdir(join(folder, 'bin'))
  const wrapper = `#!/bin/sh\nprintf '%s\\n' "$*" >> '${record}'\nexec '${awsPath}' "$@"\n`
  await writeFile(join(folder, 'bin/aws'), wrapper, { mode: 0o755 })
  const env: Record<string, string> = {
    PATH: [join(folder, 'bin'), dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter),
    HOME: folder,
    NODE_EXTRA_CA_CERTS: sandbox.env['NODE_EXTRA_CA_CERTS'] ?? '',
    AWS_ENDPOINT_URL: door.url,
    AWS_ACCESS_KEY_ID: 'testing',
    AWS_SECRET_ACCESS_KEY: 'testing',
    AWS_REGION: 'eu-central-1',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_MAX_ATTEMPTS: '1',
  }
  return {
    url: door.url,
    folder,
    sandbox,
    env,
    zip,
    run: (command, ...args) => runCommand(command, args, { env, folder }),
    async aws(...args) {
      const { AWS_REGION: region = '' } = env
      const where = ['--region', region, '--endpoint-url', door.url]
      const ended = await start(awsPath, [...args, '--output', 'json', ...where], { env, folder })
      if (ended.code !== 0) throw new Error(ended.err)
      return JSON.parse(ended.out.trim() === '' ? '{}' : ended.out)
    },
    async writeSettings(stage, changes = {}) {
      const { TUMBLR_BLOG, TUMBLR_CONSUMER_KEY, TUMBLR_API_URL, MASTODON_URL, MASTODON_ACCESS_TOKEN } =
        sandbox.env
      const known = { TUMBLR_BLOG, TUMBLR_CONSUMER_KEY, TUMBLR_API_URL, MASTODON_URL, MASTODON_ACCESS_TOKEN }
      const lines = Object.entries({ ...known, ...changes }).flatMap(([name, value]) =>
        value === undefined ? [] : [`${name}=${value}`],
      )
      await writeFile(join(folder, `.env.${stage}`), `${lines.join('\n')}\n`, { mode: 0o600 })
    },
    calls: async () => (await readFile(record, 'utf8')).split('\n').filter((line) => line !== ''),
    async makeBucket() {
      const bucket = `${door.url}/levity-packages-123456789012-eu-central-1`
      const headers = {
        authorization: 'AWS4-HMAC-SHA256 Credential=testing/20260101/eu-central-1/s3/aws4_request',
      }
      const body =
        '<CreateBucketConfiguration><LocationConstraint>eu-central-1</LocationConstraint></CreateBucketConfiguration>'
      const rule =
        '<Rule><ID>any</ID><Prefix></Prefix><Status>Enabled</Status><Expiration><Days>9</Days></Expiration></Rule>'
      const made = await fetch(bucket, { method: 'PUT', headers, body })
      const ruled = await fetch(`${bucket}?lifecycle`, {
        method: 'PUT',
        headers,
        body: `<LifecycleConfiguration>${rule}</LifecycleConfiguration>`,
      })
      if (!made.ok || !ruled.ok)
        throw new Error(`Expected a bucket but received ${await made.text()}${await ruled.text()}`)
    },
    async close() {
      door.close()
      await Promise.all([moto.close(), sandbox.close()])
      await rm(folder, { recursive: true, force: true })
    },
  }
}
