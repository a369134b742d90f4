/** The commands of a stage, called in this process as their doors call them. */
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { deploy } from '../../scripts/cloud/deploy.ts'
import { command as deployCommand } from '../../scripts/cloud/deploy-command.ts'
import { destroy, command as destroyCommand } from '../../scripts/cloud/destroy.ts'
import { invoke, command as invokeCommand } from '../../scripts/cloud/invoke.ts'
import { logs, command as logsCommand } from '../../scripts/cloud/logs.ts'
import { pause, pauseCommand, resume, resumeCommand } from '../../scripts/cloud/schedule.ts'
import { run, type Surroundings } from '../../scripts/terminal/command.ts'
import type { Ended, Shell } from './shell.ts'

const commands = {
  deploy: (around: Surroundings) => run(deployCommand, deploy, around),
  destroy: (around: Surroundings) => run(destroyCommand, destroy, around),
  invoke: (around: Surroundings) => run(invokeCommand, invoke, around),
  /** Looks again at once where it follows. */
  logs: (around: Surroundings) => run(logsCommand, (given) => logs(given, around, 10), around),
  pause: (around: Surroundings) => run(pauseCommand, pause, around),
  resume: (around: Surroundings) => run(resumeCommand, resume, around),
}

export type CloudCommand = keyof typeof commands

/** `npm run <command> -- <args>` in the folder, without a terminal. */
export async function callCommand(
  command: CloudCommand,
  args: readonly string[],
  { env, folder, input = '' }: Shell,
): Promise<Ended> {
  const [stdin, output, errors] = [new PassThrough(), new PassThrough(), new PassThrough()]
  const [out, err] = [text(output), text(errors)]
  stdin.end(input)
  const code = await commands[command]({ args, env, folder, input: stdin, output, errors, terminal: false })
  output.end()
  errors.end()
  return { code, out: await out, err: await err }
}
