/** A command in this process, as `run` in scripts/terminal/command.ts begins it: much quicker than a process of its own. */
import { PassThrough, Readable } from 'node:stream'
import type { Surroundings } from '../../scripts/terminal/command.ts'
import type { Ended, Shell } from './shell.ts'

/** Begins it in the shell's folder, with the shell's variables and no others. One at a time: both belong to the process. */
export async function callCommand(
  command: (around: Surroundings) => Promise<number>,
  args: readonly string[],
  { folder, env, input = '' }: Shell,
): Promise<Ended> {
  const [output, errors] = [record(), record()]
  const [variables, here] = [{ ...process.env }, process.cwd()]
  setVariables(env)
  process.chdir(folder)
  try {
    const code = await command({
      ...{ args, env: process.env, folder, terminal: false },
      input: Readable.from([input]),
      output: output.stream,
      errors: errors.stream,
    })
    return { code, out: output.text(), err: errors.text() }
  } finally {
    process.chdir(here)
    setVariables(variables)
  }
}

function setVariables(env: Shell['env']): void {
  for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name]
  Object.assign(process.env, env)
  for (const [name, value] of Object.entries(env)) if (value === undefined) delete process.env[name]
}

function record(): { readonly stream: PassThrough; text(): string } {
  const stream = new PassThrough()
  let text = ''
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
  })
  return { stream, text: () => text + (stream.read() ?? '') }
}
