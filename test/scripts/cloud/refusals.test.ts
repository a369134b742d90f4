/** What prevents a deployment and is found before AWS is asked, or by the first call. */
import { execFile } from 'node:child_process'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { answeringServer, answerPage } from '../../support/answering-server.ts'
import { callCommand } from '../../support/commands.ts'
import { awsPath, missing } from '../../support/moto.ts'
import { type Ended, runCommand, type Shell } from '../../support/shell.ts'

const enough = {
  TUMBLR_BLOG: 'hillside',
  TUMBLR_CONSUMER_KEY: 'the-key-of-tumblr',
  MASTODON_URL: 'https://social.example',
  MASTODON_ACCESS_TOKEN: 'the-token-of-mastodon',
}

/** A folder of a person's, with their settings where there are any. */
const inFolder = test.extend<{ folder: string }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the pattern
  folder: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'levity-refusals-'))
    await use(folder)
    await rm(folder, { recursive: true, force: true })
  },
})

const write = (folder: string, settings: Readonly<Record<string, string>>, name = '.env.prod') =>
  writeFile(
    join(folder, name),
    Object.entries(settings)
      .map(([key, value]) => `${key}=${value}\n`)
      .join(''),
    { mode: 0o600 },
  )

/** On an empty PATH unless a test says otherwise: whatever gets as far as the CLI ends there. */
const deploy = (
  folder: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> => callCommand('deploy', args, shellOf(folder, env))

const shellOf = (folder: string, env: Readonly<Record<string, string>>): Shell => ({
  folder,
  env: { PATH: '', HOME: folder, ...env },
})

const cases: readonly {
  readonly of: string
  readonly env?: Readonly<Record<string, string>>
  readonly file?: string
  readonly args?: readonly string[]
  readonly says: readonly RegExp[]
}[] = [
  {
    of: 'no settings',
    says: [
      /^Expected the settings in .*\.env\.prod but received no such file: copy \.env\.example \(and fill it in\) to \.env\.prod\n$/,
    ],
  },
  {
    of: 'settings for another command',
    env: enough,
    file: '.env',
    args: ['--stage', 'dev'],
    says: [/no such file: copy \.env to \.env\.dev, or name another stage \(--stage\)\n$/],
  },
  {
    of: 'every mistake at once',
    env: {
      ...enough,
      MASTODON_URL: 'social.example',
      LEVITY_STRAT: 'all',
      LEVITY_TABLE: 'mine',
      AWS_PROFILE: 'me',
    },
    says: [
      /for MASTODON_URL but received "social\.example"/,
      /received LEVITY_STRAT \(did you mean LEVITY_START\?\)/,
      /Expected no LEVITY_TABLE, because a stage has a ledger of its own/,
      /Expected only Levity's variables in \.env\.prod but received AWS_PROFILE/,
    ],
  },
  {
    of: "an address of another's in place of Tumblr's",
    env: { ...enough, TUMBLR_API_URL: 'https://elsewhere.example' },
    says: [/Expected no TUMBLR_API_URL/],
  },
  {
    of: 'a parameter without a name',
    env: { ...enough, MASTODON_ACCESS_TOKEN: 'ssm:token' },
    says: [
      /Expected ssm: and the name of a parameter, such as ssm:\/levity\/token, for MASTODON_ACCESS_TOKEN/,
    ],
  },
  {
    of: 'more than Lambda takes',
    env: { ...enough, LEVITY_TEMPLATE: 'ä'.repeat(2000) },
    says: [
      /^Expected at most 4096 bytes of variables for the function but \.env\.prod makes 4\d{3}: keep the longest \(LEVITY_TEMPLATE, .*\) in Parameter Store, and write ssm:\/name in place of each\n$/,
    ],
  },
  {
    of: 'an unknown flag',
    env: enough,
    args: ['--fast'],
    says: [/^Expected an option of npm run deploy but received --fast \(npm run deploy -- --help /],
  },
  {
    of: 'no name of a stage',
    env: enough,
    args: ['--stage', 'Prod'],
    says: [/^Expected a name of small letters, .* but received "Prod" \(/],
  },
  {
    of: 'too little memory',
    env: enough,
    args: ['--memory', '128'],
    says: [/^--memory must be from 512 to 3008, but received "128"\n$/],
  },
  {
    of: 'a retention that logs cannot have',
    env: enough,
    args: ['--retention', '8'],
    says: [/^--retention must be one of 1, 3, 5, .*, but received "8"\n$/],
  },
  {
    of: 'no schedule',
    env: enough,
    args: ['--schedule', 'daily'],
    says: [/^--schedule must be like rate\(10 minutes\), .*, but received "daily"\n$/],
  },
  {
    of: 'both ways at once',
    env: enough,
    args: ['--x64', '--arm64'],
    says: [/^Expected --x64 or --arm64 but received both \(/],
  },
  {
    of: 'no CLI',
    env: enough,
    says: [
      /^Expected the AWS CLI \(the command aws\) on the PATH but received none: install it as https:.*\n$/,
    ],
  },
]

inFolder.concurrent.for(cases)(
  '$of: sentences, exit code 1, no secret, nothing asked',
  async ({ env, file, args, says }, { folder, expect }) => {
    if (env) await write(folder, env, file)
    const { code, out, err } = await deploy(folder, args, { LEVITY_START: 'nonsense', TUMBLR_BLOG: '-' })
    expect({ code, out }).toEqual({ code: 1, out: '' })
    for (const sentence of says) expect(err).toMatch(sentence)
    expect(err).not.toMatch(/\n +at |the-key-of|the-token-of/)
  },
)

inFolder('a file that others can read, or that git would take, is told of', async ({ folder }) => {
  await write(folder, enough)
  await chmod(join(folder, '.env.prod'), 0o644)
  await promisify(execFile)('git', ['init', '--quiet', folder])
  // The command itself, in a process of its own.
  const { code, out } = await runCommand('deploy', [], shellOf(folder, { PATH: '/usr/bin:/bin' }))
  expect(code).toBe(1)
  expect(out.split('\n')).toEqual([
    '.env.prod has secrets, and others on this machine can read it: chmod 600 .env.prod',
    '.env.prod has secrets, and git would take it into the repository: name it in .gitignore',
    '',
  ])
})

describe.skipIf(missing)('what the AWS CLI lacks', { timeout: 120_000 }, () => {
  const withCli = (folder: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    deploy(folder, args, {
      PATH: [dirname(awsPath), '/usr/bin', '/bin'].join(delimiter),
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_MAX_ATTEMPTS: '1',
      ...env,
    })
  const keys = { AWS_ACCESS_KEY_ID: 'testing', AWS_SECRET_ACCESS_KEY: 'testing' }
  const nobody = 'http://127.0.0.1:1'

  const lacks: readonly { of: string; args?: string[]; env: Record<string, string>; says: RegExp }[] = [
    {
      of: 'credentials',
      env: { AWS_REGION: 'eu-central-1' },
      says: /^Expected credentials for AWS but the AWS CLI has none/,
    },
    { of: 'a region', env: keys, says: /^Expected a region of AWS but received none/ },
    {
      of: 'a profile',
      args: ['--profile', 'me', '--region', 'eu-central-1'],
      env: keys,
      says: /^Expected a profile of the AWS CLI but received me, which it does not have/,
    },
    {
      of: 'an answer',
      args: ['--region', 'eu-central-1'],
      env: { ...keys, AWS_ENDPOINT_URL: nobody },
      says: /^Expected an answer from AWS \(\w+\) at http:\/\/127\.0\.0\.1:1\/ but received none/,
    },
  ]
  inFolder.concurrent.for(lacks)(
    '$of: one sentence',
    async ({ args = [], env, says }, { folder, expect }) => {
      await write(folder, enough)
      const { code, out, err } = await withCli(folder, args, env)
      expect({ code, out }).toEqual({ code: 1, out: '' })
      expect(err).toMatch(says)
      expect(err.trim().split('\n')).toHaveLength(1)
    },
  )

  inFolder(
    'a profile that is named brings its keys and its region, whatever the shell has; a region that is named counts more',
    async ({ folder }) => {
      await write(folder, enough)
      await mkdir(join(folder, '.aws'))
      await writeFile(join(folder, '.aws/config'), '[profile me]\nregion = eu-west-3\n')
      const credentials = '[me]\naws_access_key_id = mine\naws_secret_access_key = secret\n'
      await writeFile(join(folder, '.aws/credentials'), credentials)
      const server = await answeringServer((_, response) => answerPage(response, 500))
      const env = { ...keys, AWS_ENDPOINT_URL: server.origin }
      await withCli(folder, ['--profile', 'me'], env)
      await withCli(folder, ['--profile', 'me', '--region', 'eu-north-1'], {
        ...env,
        AWS_REGION: 'eu-south-1',
      })
      await server.close()
      const asked = server.received.map(({ headers }) =>
        /Credential=(\w+)\/\d+\/([\w-]+)/
          .exec(headers.authorization ?? '')
          ?.slice(1)
          .join(' '),
      )
      expect([...new Set(asked)]).toEqual(['mine eu-west-3', 'mine eu-north-1'])
    },
  )
})
