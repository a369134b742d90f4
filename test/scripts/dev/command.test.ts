/** `npm run dev` as a person starts it, asks it by the real AWS CLI, and ends it. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { readdir, rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { dev as startDev } from '../../../scripts/dev/dev.ts'
import { command as dev, readOptions } from '../../../scripts/dev/options.ts'
import { readArguments } from '../../../scripts/terminal/arguments.ts'
import { run as runCommand } from '../../../scripts/terminal/command.ts'
import { callCommand } from '../../support/command.ts'
import { missing } from '../../support/moto.ts'
import { patience } from './pages.ts'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../../../', import.meta.url))

type Command = { readonly child: ChildProcess; readonly ended: Promise<number | null>; output(): string }

/** A group of its own, as a terminal would make it. */
function start(...args: readonly string[]): Command {
  const child = spawn(process.execPath, ['scripts/dev.ts', '--port', '0', ...args], {
    cwd: root,
    detached: true,
  })
  let output = ''
  const take = (text: Buffer): void => {
    output += text
  }
  child.stdout.on('data', take)
  child.stderr.on('data', take)
  const ended = new Promise<number | null>((done) => child.once('exit', done))
  return { child, ended, output: () => output }
}

/** With all its processes, those that are frozen too. */
function killGroup({ child }: Command): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
  } catch {
    // It has ended, as it should.
  }
}

const ready = ({ output }: Command): Promise<void> =>
  expect.poll(output, { timeout: 30_000 }).toContain('Ctrl-C ends it all.')
const addresses = ({ output }: Command): readonly string[] =>
  output().match(/https?:\/\/127\.0\.0\.1:\d+$/gm) ?? []

const buildFolders = async ({ child }: Command): Promise<readonly string[]> =>
  (await readdir(`${root}dist`)).filter((name) => name.startsWith(`dev-${child.pid}-`))

/** The pids of a process's children. */
async function childrenOf(pid: number | undefined): Promise<readonly number[]> {
  const { stdout } = await run('ps', ['-eo', 'pid=,ppid='])
  const rows = stdout
    .trim()
    .split('\n')
    .map((row) => row.trim().split(/\s+/).map(Number))
  return rows.flatMap(([child, parent]) => (parent === pid && child !== undefined ? [child] : []))
}
/** `T` is a process that was stopped. */
const isFrozen = async (pid: number): Promise<boolean> =>
  (await run('ps', ['-o', 'state=', '-p', `${pid}`]).catch(() => ({ stdout: '' }))).stdout.trim() === 'T'
const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

describe('npm run dev', () => {
  let command: Command
  beforeAll(() => {
    // Only the first run, so that none meets another.
    command = start('--every', '600', 'LEVITY_REBLOGS=all')
  })
  afterAll(() => {
    if (command) killGroup(command)
  })

  test('it prints its addresses, and what the schedule posts', async () => {
    await ready(command)
    await expect
      .poll(command.output, { timeout: 25_000 })
      .toMatch(/run 1 \(the schedule\): 6 posted, 1 skipped/)
    const [page = ''] = addresses(command)
    expect(await (await fetch(page)).text()).toContain('A run begins every 600 s.')
    expect(await (await fetch(`${page}/timeline`)).text()).toContain('Ten days in the hills.')
  })

  describe.skipIf(missing)('the command it prints', () => {
    /** The printed lines as they are, with more behind them. */
    const aws = async (...more: readonly string[]): Promise<string> => {
      const [line = ''] = /AWS_ACCESS_KEY_ID=(?:.|\n)*\/dev\/stdout/.exec(command.output()) ?? []
      expect(line).toContain('aws lambda invoke')
      const { PATH = '', HOME = '' } = process.env
      // Node gives its children sockets, which /dev/stdout cannot open; a shell gives pipes.
      const { stdout } = await run('sh', ['-c', [line, ...more, '| cat'].join(' ')], { env: { PATH, HOME } })
      return stdout
    }

    test('waits for the answer, or sends an event, or asks only whether it could', async () => {
      const said = await aws()
      expect(said).toContain('"routes":[{"route":"main"')
      expect(said).toContain('"StatusCode": 200')
      expect(await aws('--invocation-type Event')).toContain('"StatusCode": 202')
      expect(await aws('--invocation-type DryRun')).toContain('"StatusCode": 204')
      const [page = ''] = addresses(command)
      const byHand = async (): Promise<readonly string[]> =>
        (await (await fetch(`${page}/runs`)).text()).match(/by hand, \{\}(, waiting for the answer)?/g) ?? []
      await expect.poll(byHand, patience).toEqual(['by hand, {}', 'by hand, {}, waiting for the answer'])
    })
  })

  test('Ctrl-C ends it, its processes and its folders', async () => {
    const children = await childrenOf(command.child.pid)
    expect(await buildFolders(command)).toHaveLength(1)
    expect(children.length).toBeGreaterThan(0)
    const [page = ''] = addresses(command)
    command.child.kill('SIGINT')
    expect(await command.ended).toBe(0)
    // The builder ends by itself, as soon as nobody speaks to it.
    await expect.poll(() => children.filter(isAlive), patience).toEqual([])
    expect(await buildFolders(command)).toEqual([])
    await expect(fetch(page)).rejects.toThrow()
    expect(command.output()).not.toMatch(/error/i)
  })
})

test('a second Ctrl-C ends it at once, and still leaves nothing', async () => {
  const command = start('--every', '1', '--empty')
  onTestFinished(() => killGroup(command))
  await ready(command)
  const children = await childrenOf(command.child.pid)
  // Signals that come together count as one; so the second is sent as soon as the first was heard.
  command.child.stdout?.on('data', (text) => {
    if (String(text).includes('Press Ctrl-C again')) command.child.kill('SIGINT')
  })
  command.child.kill('SIGINT')
  // 0 where the end was quicker than the second signal.
  expect([0, 130]).toContain(await command.ended)
  await expect.poll(() => children.filter(isAlive), patience).toEqual([])
  expect(await buildFolders(command)).toEqual([])
})

test('killed, it leaves no process, not even a frozen one', async () => {
  const command = start('--every', '1', '--empty')
  onTestFinished(() => killGroup(command))
  await ready(command)
  let children: readonly number[] = []
  const frozen = async (): Promise<number> => {
    children = await childrenOf(command.child.pid)
    return (await Promise.all(children.map(isFrozen))).filter(Boolean).length
  }
  await expect.poll(frozen, patience).toBeGreaterThan(0)
  command.child.kill('SIGKILL')
  await command.ended
  await expect.poll(() => children.filter(isAlive), patience).toEqual([])
  for (const name of await buildFolders(command)) await rm(`${root}dist/${name}`, { recursive: true })
})

test('what cannot be is refused in a sentence', async () => {
  const ended = await callCommand(
    (around) => runCommand(dev, startDev, around),
    ['--port', '0', 'LEVITY_REBLOGS=some'],
    { folder: root, env: process.env },
  )
  expect(ended).toEqual({
    code: 1,
    out: '',
    err: expect.stringContaining('Expected own, all or none for LEVITY_REBLOGS but received "some"'),
  })
  expect(ended.err).not.toContain('    at ')
})

const read = (args: readonly string[]): ReturnType<typeof readOptions> | undefined => {
  const given = readArguments(dev, args)
  return given && readOptions(given)
}

test.each([
  [['--every', 'soon'], 'Expected a whole number from 0 to 3600 for --every but received "soon"'],
  [['--port', '70000'], 'Expected a whole number from 0 to 65535 for --port but received 70000'],
  [
    ['--server', 'friendica'],
    'Expected one of mastodon, gotosocial, hollo, snac, pleroma for --server but received friendica',
  ],
  [['TUMBLR_BLOG=mine'], 'Expected a setting such as LEVITY_REBLOGS=all but received TUMBLR_BLOG=mine'],
  [['LEVITY_TABLE=mine'], 'Expected a setting such as LEVITY_REBLOGS=all but received LEVITY_TABLE=mine'],
  [['--colour'], 'Expected an option of npm run dev but received --colour'],
])('%j is refused', (args, sentence) => {
  expect(() => read(args)).toThrow(sentence)
})

test('what stands behind the command is read, over what is usual', () => {
  expect(read([])).toEqual({
    everyMs: 20_000,
    server: 'mastodon',
    empty: false,
    settings: { LEVITY_START: 'all', LEVITY_DELAY: '0' },
  })
  const given = ['--every', '0', '--port', '8080', '--server', 'snac', '--empty', '--ledger', '/tmp/kept']
  expect(read([...given, 'LEVITY_START=now', 'LEVITY_TAG_RULES=a=skip'])).toEqual({
    ...{ everyMs: 0, port: 8080, server: 'snac', empty: true, ledger: resolve('/tmp/kept') },
    settings: { LEVITY_START: 'now', LEVITY_DELAY: '0', LEVITY_TAG_RULES: 'a=skip' },
  })
})
