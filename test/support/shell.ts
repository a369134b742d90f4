/** A command as a person starts it: in a process of its own, without a terminal. */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export type Ended = { readonly code: number | null; readonly out: string; readonly err: string }

const scripts = fileURLToPath(new URL('../../scripts/', import.meta.url))

export type Shell = {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly folder: string
  /** Its stdin; at its end at once where nothing is given. */
  readonly input?: string
  /** As on a full disk: no file may have more of these blocks of 512 bytes. */
  readonly fileBlocks?: number
}

/** `npm run <command> -- <args>` in the folder. */
export const runCommand = (command: string, args: readonly string[], shell: Shell): Promise<Ended> =>
  start(process.execPath, [`${scripts}${command}.ts`, ...args], shell)

function start(
  path: string,
  args: readonly string[],
  { env, folder, input = '', fileBlocks }: Shell,
): Promise<Ended> {
  const [file, ...rest] =
    fileBlocks === undefined
      ? ([path, ...args] as const)
      : (['sh', '-c', `ulimit -f ${fileBlocks} && exec "$@"`, 'sh', path, ...args] as const)
  const child = spawn(file, rest, { cwd: folder, env, stdio: ['pipe', 'pipe', 'pipe'] })
  // It may have ended before it reads.
  child.stdin.on('error', () => {}).end(input)
  let [out, err] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text
  })
  return new Promise((done, fail) => {
    child.once('error', fail)
    child.once('close', (code) => done({ code, out, err }))
  })
}
