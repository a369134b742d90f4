/** A sandbox of its own for one test, trusted by this process. */
import { onTestFinished } from 'vitest'
import { type Sandbox, type SandboxOptions, startSandbox } from '../../../scripts/sandbox/sandbox.ts'

export async function startWorld(options?: SandboxOptions): Promise<Sandbox> {
  const sandbox = await startSandbox(options)
  onTestFinished(() => sandbox.close())
  sandbox.trust()
  return sandbox
}
