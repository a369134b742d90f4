/** The AWS CLI as a child process: version 1 and version 2 alike. */
import { execFile } from 'node:child_process'
import { access, constants } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { Refusal } from '../terminal/refusal.ts'

export type CliAnswer = { readonly ok: boolean; readonly out: string; readonly err: string }

export type CliCall = {
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  /** Ms after which it is killed. */
  readonly timeoutMs: number
}

const largestAnswer = 64 * 1024 * 1024

/** Throws Refusal where there is no CLI, or it took too long. */
export async function runCli({ args, env, timeoutMs }: CliCall): Promise<CliAnswer> {
  const path = await findCli(env)
  // Windows starts a .cmd by its shell alone; our arguments are words and paths without quotes.
  const shell = path.endsWith('.cmd')
  const quoted = (text: string): string => (shell ? `"${text}"` : text)
  return new Promise((done, fail) => {
    const options = { env, timeout: timeoutMs, maxBuffer: largestAnswer, shell, windowsHide: true }
    const child = execFile(quoted(path), args.map(quoted), options, (error, out, err) => {
      if (error?.killed)
        return fail(
          new Refusal(
            `Expected an answer from the AWS CLI to ${args.slice(0, 2).join(' ')} within ${timeoutMs / 1000} s but received none`,
          ),
        )
      // A program that could not be started has a named error in place of an exit code.
      if (error && typeof error.code === 'string')
        return fail(new Refusal(`${path} cannot be run: ${error.code}`))
      done({ ok: error === null, out, err })
    })
    child.stdin?.end()
  })
}

async function findCli(env: CliCall['env']): Promise<string> {
  const windows = process.platform === 'win32'
  const path =
    Object.entries(env).find(([name]) => (windows ? name.toUpperCase() : name) === 'PATH')?.[1] ?? ''
  const folders = path.split(delimiter).filter((folder) => folder !== '')
  for (const folder of folders)
    for (const name of windows ? ['aws.exe', 'aws.cmd'] : ['aws']) {
      const found = join(folder, name)
      if (
        await access(found, constants.X_OK).then(
          () => true,
          () => false,
        )
      )
        return found
    }
  throw new Refusal(
    'Expected the AWS CLI (the command aws) on the PATH but received none: install it as https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html says, then open a new terminal',
  )
}
