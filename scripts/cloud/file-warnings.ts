/** Warnings about a file of secrets that others could see. */
import { execFile } from 'node:child_process'
import { stat } from 'node:fs/promises'
import { basename, dirname } from 'node:path'

/** One sentence for each way in which others could see the file. */
export async function fileWarnings(path: string): Promise<readonly string[]> {
  const { mode } = await stat(path)
  const name = basename(path)
  return [
    // Windows has no such bits; Node makes some up.
    ...(process.platform !== 'win32' && (mode & 0o077) !== 0
      ? [`${name} has secrets, and others on this machine can read it: chmod 600 ${name}`]
      : []),
    ...((await isTakenByGit(path))
      ? [`${name} has secrets, and git would take it into the repository: name it in .gitignore`]
      : []),
  ]
}

/** False where there is no git, or no repository. https://git-scm.com/docs/git-check-ignore#_exit_status */
const isTakenByGit = (path: string): Promise<boolean> =>
  new Promise((done) => {
    execFile('git', ['-C', dirname(path), 'check-ignore', '--quiet', basename(path)], (error) =>
      done(error?.code === 1),
    )
  })
