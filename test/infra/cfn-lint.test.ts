import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))
const lint = (...args: readonly string[]): { readonly status: number | null; readonly said: string } => {
  const { status, stdout, stderr } = spawnSync('cfn-lint', args, { cwd: root, encoding: 'utf8' })
  return { status, said: stdout + stderr }
}
const isInstalled = lint('--version').status === 0

// In CI it must be there: a check that is never run says nothing.
test.skipIf(!isInstalled && !process.env['CI'])(
  isInstalled
    ? 'cfn-lint finds nothing'
    : 'cfn-lint finds nothing (skipped: install it with pip install cfn-lint)',
  () => {
    expect(isInstalled, 'Expected cfn-lint to be installed in CI').toBe(true)
    expect(lint('--', 'infra/template.yaml', 'infra/github-oidc.yaml')).toEqual({
      status: 0,
      said: '',
    })
  },
)
