/** Whether a file of secrets is kept where others see it. */
import { execFile } from 'node:child_process'
import { stat } from 'node:fs/promises'
import { basename, dirname } from 'node:path'

/** A sentence for each way in which others may come by the file. */
export async function findExposure(path: string): Promise<readonly string[]> {
  const { mode } = await stat(path)
  const name = basename(path)
  return [
    // Windows has no such bits, and shows made-up ones.
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
