/** The page that `npm run plan -- --html` makes of a post in the sandbox. */
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { clockShift, type Sandbox } from '../sandbox/sandbox.ts'

const script = fileURLToPath(new URL('../plan.ts', import.meta.url))

/** As HTML. Throws the command's own message where it fails. */
export async function makePlanPage({ env }: Sandbox, post: string): Promise<string> {
  const cwd = await mkdtemp(join(tmpdir(), 'levity-plan-'))
  try {
    const settings = Object.entries(env).filter(([name]) => /^(?:TUMBLR|MASTODON)_/.test(name))
    await writeFile(join(cwd, '.env'), settings.map(([name, value]) => `${name}='${value}'`).join('\n'))
    const args = ['--import', clockShift, script, '--post', post, '--html', 'plan.html']
    const { NODE_EXTRA_CA_CERTS, SANDBOX_SKEW_MS } = env
    await promisify(execFile)(process.execPath, args, {
      cwd,
      env: { ...process.env, NODE_EXTRA_CA_CERTS, SANDBOX_SKEW_MS },
    })
    return await readFile(join(cwd, 'plan.html'), 'utf8')
  } finally {
    await rm(cwd, { recursive: true, force: true })
  }
}
