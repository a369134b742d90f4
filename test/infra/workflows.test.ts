/** What the workflows promise: a stage is deployed only after the tests, and its keys are never where other code runs. */
import { spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as v from 'valibot'
import { expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import packageJson from '../../package.json' with { type: 'json' }
import { command as deploy } from '../../scripts/cloud/deploy-command.ts'

/** As GitHub fills it in. */
const filled = (expression: string): string => `\${{ ${expression} }}`

const Step = v.object({
  uses: v.optional(v.string(), ''),
  with: v.optional(v.record(v.string(), v.unknown()), {}),
  run: v.optional(v.string(), ''),
  env: v.optional(v.record(v.string(), v.unknown()), {}),
})
const Workflow = v.looseObject({
  permissions: v.record(v.string(), v.string()),
  jobs: v.record(v.string(), v.looseObject({ steps: v.optional(v.array(Step), []) })),
})

const read = async (name: string): Promise<v.InferOutput<typeof Workflow>> =>
  v.parse(
    Workflow,
    parse(await readFile(new URL(`../../.github/workflows/${name}`, import.meta.url), 'utf8')),
  )
const tests = await read('test.yml')
const deployment = await read('deploy.yml')
const stepsOf = ({ jobs }: typeof tests): readonly v.InferOutput<typeof Step>[] =>
  Object.values(jobs).flatMap(({ steps }) => steps)
const commandsOf = (workflow: typeof tests): readonly string[] =>
  stepsOf(workflow).flatMap(({ run }) => (run === '' ? [] : [run.trim()]))

test('the tests run on both ends of what npm runs on, with the tools that they skip without', () => {
  expect(tests['on']).toMatchObject({ pull_request: null, workflow_call: null })
  expect(tests).toMatchObject({
    permissions: {},
    jobs: { test: { permissions: { contents: 'read' }, strategy: { matrix: { node: [20, 24] } } } },
  })
  expect(commandsOf(tests)).toEqual(["pip install 'cfn-lint==1.*' 'moto[server]==5.*'", 'npm cit'])
  expect(packageJson.engines.node).toBe('>=20')
})

test('only a tag or a person deploys, after the tests, one at a time, as a role that is theirs for an hour', () => {
  expect(deployment['on']).toEqual({
    push: { tags: ['v*'] },
    workflow_dispatch: {
      inputs: { stage: expect.objectContaining({ type: 'environment', required: true }) },
    },
  })
  expect(deployment['concurrency']).toMatchObject({ 'cancel-in-progress': false })
  expect(deployment.permissions).toEqual({})
  expect(deployment.jobs['test']).toMatchObject({
    uses: './.github/workflows/test.yml',
    permissions: { contents: 'read' },
  })
  expect(deployment.jobs['deploy']).toMatchObject({
    needs: 'test',
    environment: filled("inputs.stage || 'prod'"),
    permissions: { contents: 'read', 'id-token': 'write' },
  })
  expect(stepsOf(deployment)).toContainEqual(
    expect.objectContaining({
      uses: 'aws-actions/configure-aws-credentials@v6',
      with: { 'role-to-assume': filled('vars.AWS_ROLE_ARN'), 'aws-region': filled('vars.AWS_REGION') },
    }),
  )
})

test('the settings are given to one step alone, and neither they nor the role are there before packages are installed', () => {
  const steps = stepsOf(deployment)
  const install = steps.findIndex(({ run }) => run === 'npm ci')
  const role = steps.findIndex(({ uses }) => uses.includes('credentials'))
  const secret = steps.flatMap((step, at) => (JSON.stringify(step).includes('secrets') ? [at] : []))
  expect(secret).toEqual([steps.findIndex(({ env }) => env['SETTINGS'] === filled('secrets.LEVITY_ENV'))])
  expect(Math.min(role, ...secret)).toBeGreaterThan(install)
  expect(install).toBeGreaterThan(0)
  expect(JSON.stringify(deployment).match(/secrets/g)).toHaveLength(1)
})

test.each([
  ['test.yml', tests],
  ['deploy.yml', deployment],
])('%s: actions of one version, no token left in the folder, no expression in a script', (_, workflow) => {
  for (const { uses, with: given, run } of stepsOf(workflow)) {
    if (uses !== '') expect(uses).toMatch(/@v\d+$/)
    if (uses.startsWith('actions/checkout@')) expect(given).toEqual({ 'persist-credentials': false })
    // Whatever it stands for would be read as a part of the script.
    expect(run).not.toContain('${{')
    for (const [, name = ''] of run.matchAll(/npm run ([\w-]+)/g))
      expect(packageJson.scripts).toHaveProperty(name)
  }
})

test('the deploy command is called with flags that it knows', () => {
  const [, line = ''] = /npm run deploy -- (.*)$/.exec(commandsOf(deployment).at(-1) ?? '') ?? []
  const flags = [...line.matchAll(/--([a-z-]+)/g)].map(([, flag = '']) => flag)
  expect(flags).toContain('stage')
  expect(Object.keys(deploy.options)).toEqual(expect.arrayContaining(flags))
})

test('the settings are written for their owner alone, to the letter, and nothing of them is printed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'levity-workflow-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const script = commandsOf(deployment).find((command) => command.includes('SETTINGS')) ?? ''
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
