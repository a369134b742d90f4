/** A person's folder, shell and accounts, from which the commands are run. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { zipSync } from 'fflate'
import { type Sandbox, startSandbox } from '../../scripts/sandbox/sandbox.ts'
import { startAwsCli } from './aws-cli.ts'
import { type Between, likeAws, startBetween } from './between.ts'
import { type CloudCommand, callCommand } from './commands.ts'
import { startMoto } from './moto.ts'
import { type Ended, runCommand } from './shell.ts'

export interface Cloud {
  readonly url: string
  readonly folder: string
  readonly sandbox: Sandbox
  /** What the commands' shell has; a test may add to it. */
  readonly env: Record<string, string>
  /** A file that may be deployed, of a few bytes. */
  readonly zip: string
  /** `npm run <command> -- <args>` in the folder, in this process. */
  run(command: CloudCommand, ...args: readonly string[]): Promise<Ended>
  /** The same in a process of its own, as a person starts it. */
  start(command: CloudCommand, ...args: readonly string[]): Promise<Ended>
  /** What is there, asked without the CLI, which takes its time. The answer is JSON or XML. */
  ask(service: string, question: Question): Promise<string>
  /** Of the sandbox's accounts, and what a test changes; undefined leaves a line out. */
  writeSettings(stage: string, changes?: Readonly<Record<string, string | undefined>>): Promise<void>
  /** What every call of the AWS CLI by a command so far had for its environment. */
  environments(): Promise<string>
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
  const cli = await startAwsCli(`printf '%s\\n' "$*" >> '${record}'\nenv >> '${record}.env'\n`)
  // The commands ask Tumblr from this process.
  sandbox.trust()
  const env: Record<string, string> = {
    PATH: [cli.bin, dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter),
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
    run: (command, ...args) => callCommand(command, args, { env, folder }),
    start: (command, ...args) => runCommand(command, args, { env, folder }),
    ask: (service, question) => ask(door.url, service, question),
    async writeSettings(stage, changes = {}) {
      const { TUMBLR_BLOG, TUMBLR_CONSUMER_KEY, TUMBLR_API_URL, MASTODON_URL, MASTODON_ACCESS_TOKEN } =
        sandbox.env
      const known = { TUMBLR_BLOG, TUMBLR_CONSUMER_KEY, TUMBLR_API_URL, MASTODON_URL, MASTODON_ACCESS_TOKEN }
      const lines = Object.entries({ ...known, ...changes }).flatMap(([name, value]) =>
        value === undefined ? [] : [`${name}=${value}`],
      )
      await writeFile(join(folder, `.env.${stage}`), `${lines.join('\n')}\n`, { mode: 0o600 })
    },
    environments: () => readFile(`${record}.env`, 'utf8'),
    calls: async () => (await readFile(record, 'utf8')).split('\n').filter((line) => line !== ''),
    async makeBucket() {
      const place = '<LocationConstraint>eu-central-1</LocationConstraint>'
      const body = `<CreateBucketConfiguration>${place}</CreateBucketConfiguration>`
      const rule =
        '<ID>any</ID><Prefix></Prefix><Status>Enabled</Status><Expiration><Days>9</Days></Expiration>'
      await ask(door.url, 's3', { method: 'PUT', path: bucket, body })
      await ask(door.url, 's3', {
        method: 'PUT',
        path: `${bucket}?lifecycle`,
        body: `<LifecycleConfiguration><Rule>${rule}</Rule></LifecycleConfiguration>`,
      })
    },
    async close() {
      door.close()
      await Promise.all([moto.close(), sandbox.close(), cli.close()])
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAPI.html and the like; `target` and `form` are those of the other protocols. */
export type Question =
  | { readonly path: string; readonly method?: string; readonly body?: string }
  | { readonly target: string; readonly body?: object }
  | { readonly form: Readonly<Record<string, string>> }

export const bucket = '/levity-packages-123456789012-eu-central-1'

async function ask(url: string, service: string, question: Question): Promise<string> {
  const scope = `Credential=testing/20260101/eu-central-1/${service}/aws4_request`
  const { path, method, body, headers } = requestOf(question)
  const authorization = `AWS4-HMAC-SHA256 ${scope}, SignedHeaders=host, Signature=0`
  const answer = await fetch(url + path, {
    method,
    headers: { ...headers, authorization },
    ...(body !== undefined && { body }),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(text)
  return text
}

function requestOf(question: Question): {
  readonly path: string
  readonly method: string
  readonly body?: string
  readonly headers: Readonly<Record<string, string>>
} {
  if ('path' in question) return { method: 'GET', headers: {}, ...question }
  if ('target' in question) {
    const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': question.target }
    return { path: '/', method: 'POST', headers, body: JSON.stringify(question.body ?? {}) }
  }
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  return { path: '/', method: 'POST', headers, body: new URLSearchParams(question.form).toString() }
}
