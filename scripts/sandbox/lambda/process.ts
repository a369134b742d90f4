/** A function in a process of its own, under Lambda's own runtime client, with the variables that Lambda gives it and no others. */
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, fstatSync, mkdtempSync, openSync, readFileSync, readSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type FunctionSettings, flagsOf, variablesOf } from './settings.ts'

export interface FunctionProcess {
  /** How it ended, in Lambda's words. */
  readonly exited: Promise<string>
  readonly running: boolean
  freeze(): void
  thaw(): void
  kill(): void
  /** The most memory it held so far, in MB; undefined where the platform does not say (only Linux does). */
  peakMemoryMb(): number | undefined
  /** What it wrote since the last call; only the end, if that is very long. */
  takeLog(): string
  /** Everything it wrote. */
  output(): string
  /** Kills it and removes its log. */
  remove(): Promise<void>
}

const keptLogBytes = 256 * 1024

/** `api`: host and port of the Runtime API it is to ask. Throws where the system takes no such process. */
export function startProcess(settings: FunctionSettings, api: string): FunctionProcess {
  const log = openLog()
  const child = spawnOrClose(settings, api, log)
  tieToThisProcess(child)
  const exited = new Promise<string>((done) => {
    child.once('error', (error) => done(`Runtime did not start: ${error.message}`))
    child.once('exit', (code, signal) => done(describeExit(code, signal)))
  })
  let read = 0
  let removed = false
  const running = (): boolean =>
    child.pid !== undefined && child.exitCode === null && child.signalCode === null
  return {
    exited,
    get running() {
      return running()
    },
    freeze: () => signal(child, 'SIGSTOP', settings),
    thaw: () => signal(child, 'SIGCONT', settings),
    kill: () => void child.kill('SIGKILL'),
    peakMemoryMb: () => (running() ? peakMemoryMb(child.pid) : undefined),
    takeLog() {
      const end = log.size()
      const text = log.read(Math.max(read, end - keptLogBytes), end)
      read = end
      return text
    },
    output: () => log.read(0, log.size()),
    async remove() {
      child.kill('SIGKILL')
      await exited
      if (!removed) log.remove()
      removed = true
    },
  }
}

type Log = {
  readonly file: number
  /** In bytes. */
  size(): number
  read(from: number, to: number): string
  remove(): void
}

/** A file, not a pipe, so that the log is complete when the answer arrives. */
function openLog(): Log {
  const folder = mkdtempSync(join(tmpdir(), 'levity-lambda-'))
  const file = openSync(join(folder, 'log'), 'a+')
  const removeFolder = (): void => rmSync(folder, { recursive: true, force: true })
  // Except on Windows, an open file needs no name. So nothing is left behind, however this process ends.
  if (process.platform !== 'win32') removeFolder()
  return {
    file,
    size: () => fstatSync(file).size,
    read(from, to) {
      const bytes = Buffer.alloc(to - from)
      readSync(file, bytes, 0, bytes.length, from)
      return bytes.toString('utf8')
    },
    remove() {
      closeSync(file)
      removeFolder()
    },
  }
}

function spawnOrClose(settings: FunctionSettings, api: string, log: Log): ChildProcess {
  try {
    return spawn(process.execPath, flagsOf(settings), {
      cwd: settings.codeDir,
      env: { ...variablesOf(settings), AWS_LAMBDA_RUNTIME_API: api },
      stdio: ['ignore', log.file, log.file],
    })
  } catch (error) {
    log.remove()
    throw error
  }
}

/**
 * Ends the child with this process, however this process ends: a frozen child does not notice it by itself. A shell waits at
 * a pipe that this process alone holds open. On Windows a child ends with its parent anyway.
 */
function tieToThisProcess(child: ChildProcess): void {
  if (process.platform === 'win32' || child.pid === undefined) return
  const waiting = spawn('/bin/sh', ['-c', 'read -r _; kill -KILL "$0"', String(child.pid)], {
    // A group of its own, so that Ctrl-C in a terminal does not end the shell first.
    detached: true,
    env: {},
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  // Without a shell the child may stay behind; all else works.
  waiting.once('error', () => {})
  // Another process may soon have the child's number.
  child.once('exit', () => waiting.kill('SIGKILL'))
}

function signal(child: ChildProcess, name: 'SIGSTOP' | 'SIGCONT', { freeze }: FunctionSettings): void {
  if (freeze && process.platform !== 'win32') child.kill(name)
}

function peakMemoryMb(pid: number | undefined): number | undefined {
  if (process.platform !== 'linux' || pid === undefined) return undefined
  try {
    const kb = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return kb === undefined ? undefined : Math.ceil(Number(kb) / 1024)
  } catch {
    // The process has just ended.
    return undefined
  }
}

const signalWords: Readonly<Record<string, string>> = {
  SIGABRT: 'aborted',
  SIGKILL: 'killed',
  SIGSEGV: 'segmentation fault',
  SIGTERM: 'terminated',
}

function describeExit(code: number | null, signal: string | null): string {
  if (signal !== null) return `Runtime exited with error: signal: ${signalWords[signal] ?? signal}`
  return code === 0
    ? 'Runtime exited without providing a reason'
    : `Runtime exited with error: exit status ${code}`
}
