/** Ends a process with this one, however this one ends: what is frozen does not notice by itself that nobody is left. */
import { type ChildProcess, spawn } from 'node:child_process'

/** A shell waits at a pipe that this process alone holds open. On Windows a child ends with its parent anyway. */
export function tieToThisProcess(child: ChildProcess): void {
  if (process.platform === 'win32' || child.pid === undefined) return
  const waiting = spawn('/bin/sh', ['-c', 'read -r _; kill -KILL "$0"', String(child.pid)], {
    // A group of its own: Ctrl-C in a terminal must not strike it first.
    detached: true,
    env: {},
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  // Without a shell the process is only not looked after.
  waiting.once('error', () => {})
  // Its number may be another's soon.
  child.once('exit', () => waiting.kill('SIGKILL'))
}
