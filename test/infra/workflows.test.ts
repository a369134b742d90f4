import { spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import packageJson from '../../package.json' with { type: 'json' }
import { findWorkflowFaults, parseWorkflow } from '../support/workflows.ts'

/** As GitHub fills it in. */
const filled = (expression: string): string => `\${{ ${expression} }}`

const npmScripts = Object.keys(packageJson.scripts)
const read = (path: string): Promise<string> => readFile(new URL(`../../${path}`, import.meta.url), 'utf8')
const texts = {
  'test.yml': await read('.github/workflows/test.yml'),
  'deploy.yml': await read('.github/workflows/deploy.yml'),
}
const tests = parseWorkflow(texts['test.yml'])
const deployment = parseWorkflow(texts['deploy.yml'])
const commandsOf = ({ jobs }: typeof tests, job: string): readonly string[] =>
  (jobs[job]?.steps ?? []).flatMap((step) => ('run' in step ? [step.run.trim()] : []))

test.each(Object.entries(texts))(
  '%s keeps its secrets, takes no more rights than it needs, and calls what is there',
  (_, text) => {
    expect(findWorkflowFaults(text, npmScripts)).toEqual([])
  },
)

test('the tests run on both ends of what npm runs on, with the tools that they skip without', () => {
  expect(tests.on).toMatchObject({ pull_request: null, workflow_call: null })
  expect(tests.jobs['test']).toMatchObject({
    permissions: { contents: 'read' },
    strategy: { matrix: { node: [20, 24] } },
  })
  expect(commandsOf(tests, 'test')).toEqual(["pip install 'cfn-lint==1.*' 'moto[server]==5.*'", 'npm cit'])
  expect(packageJson.engines.node).toBe('>=20')
})

test('only a tag or a person deploys, after the tests, one at a time, as a role that is theirs for an hour', () => {
  expect(deployment.on).toEqual({
    push: { tags: ['v*'] },
    workflow_dispatch: {
      inputs: { stage: expect.objectContaining({ type: 'environment', required: true }) },
    },
  })
  expect(deployment.concurrency).toMatchObject({ 'cancel-in-progress': false })
  expect(deployment.jobs['test']?.uses).toBe('./.github/workflows/test.yml')
  expect(deployment.jobs['deploy']).toMatchObject({
    needs: 'test',
    environment: filled("inputs.stage || 'prod'"),
    permissions: { contents: 'read', 'id-token': 'write' },
  })
  expect(deployment.jobs['deploy']?.steps).toContainEqual({
    uses: 'aws-actions/configure-aws-credentials@v6',
    with: { 'role-to-assume': filled('vars.AWS_ROLE_ARN'), 'aws-region': filled('vars.AWS_REGION') },
  })
})

test('the deploy command is called with flags that it knows', async () => {
  const known = await read('scripts/cloud/deploy-flags.ts')
  const common = await read('scripts/terminal/command.ts')
  const [, command = ''] = /npm run deploy -- (.*)$/.exec(commandsOf(deployment, 'deploy').at(-1) ?? '') ?? []
  const flags = [...command.matchAll(/--([a-z-]+)/g)].map(([, flag = '']) => flag)
  expect(flags).toContain('stage')
  expect(flags.filter((flag) => !new RegExp(`^  '?${flag}'?: \\{`, 'm').test(known + common))).toEqual([])
})

test('the settings are written for their owner alone, to the letter, and nothing of them is printed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'levity-workflow-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const script = commandsOf(deployment, 'deploy').find((command) => command.includes('SETTINGS')) ?? ''
  const write = (settings: string) =>
    spawnSync('bash', ['--noprofile', '--norc', '-e', '-c', script], {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], STAGE: 'dev', SETTINGS: settings },
    })
  const settings = `# one\nTUMBLR_CONSUMER_KEY='a $b \`c\` "d" %s \\n'\nMASTODON_URL=https://example.social`
  expect(write(settings)).toMatchObject({ status: 0, stdout: '', stderr: '' })
  expect(await readFile(join(folder, '.env.dev'), 'utf8')).toBe(`${settings}\n`)
  expect((await stat(join(folder, '.env.dev'))).mode & 0o777).toBe(0o600)
  const without = write('')
  expect(without.status).not.toBe(0)
  expect(without.stderr).toContain('Expected the secret LEVITY_ENV in the environment dev')
})

test.each<[string, keyof typeof texts, string, string, string]>([
  [
    'a long-lived key',
    'deploy.yml',
    'role-to-assume:',
    'aws-access-key-id:',
    'a long-lived key: aws-access-key-id',
  ],
  [
    'a right for every job',
    'deploy.yml',
    'permissions: {}',
    'permissions: { contents: read }',
    'for every job: contents',
  ],
  ['a right to write', 'test.yml', 'contents: read', 'contents: write', 'test may write contents'],
  [
    'a role without an environment',
    'deploy.yml',
    `    environment: ${filled("inputs.stage || 'prod'")}\n`,
    '',
    'from any branch',
  ],
  [
    'a secret for all',
    'deploy.yml',
    '      STAGE: $',
    `      KEY: ${filled('secrets.KEY')}\n      STAGE: $`,
    'to every step',
  ],
  [
    'a secret in a script',
    'deploy.yml',
    'run: npm ci',
    `run: echo ${filled('secrets.KEY')}`,
    'an expression into a script',
  ],
  [
    'a secret for an action',
    'deploy.yml',
    filled('vars.AWS_REGION'),
    filled("secrets['R']"),
    'gives a secret to aws-actions',
  ],
  [
    'an action as it comes',
    'test.yml',
    'actions/setup-python@v7',
    'actions/setup-python@main',
    'takes whatever actions',
  ],
  ['a token that is left', 'test.yml', 'persist-credentials: false', 'fetch-depth: 1', 'leaves its token'],
  [
    'a command that is not there',
    'deploy.yml',
    'npm run deploy',
    'npm run deplay',
    'npm run deplay, which is not there',
  ],
])('%s is seen', (_, file, search, replacement, fault) => {
  expect(texts[file]).toContain(search)
  const planted = texts[file].replace(search, () => replacement)
  expect(findWorkflowFaults(planted, npmScripts).join('\n')).toContain(fault)
})

test('packages that are installed after a secret is written are seen', () => {
  const install = '      - run: npm ci\n'
  const planted = texts['deploy.yml'].replace(install, '') + install
  expect(findWorkflowFaults(planted, npmScripts)).toEqual([
    'deploy has a secret or a role before packages are installed',
  ])
})
