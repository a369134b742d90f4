import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { certificateOfThisProcess } from '../../../scripts/sandbox/certificate.ts'
import { startSandbox } from '../../../scripts/sandbox/sandbox.ts'

/** Asks for the address by `fetch` and by `node:https`, in a process of its own; what came, or why nothing did. */
async function askInAnotherProcess(url: string, before: string): Promise<unknown> {
  const code = `
    import { get } from 'node:https'
    import { trustInEachContext } from ${JSON.stringify(new URL('../../../scripts/sandbox/certificate.ts', import.meta.url).href)}
    const [url, pem] = process.argv.slice(1)
    ${before}
    const byFetch = await fetch(url).then(({ status }) => status, ({ cause }) => cause.code)
    const byHttps = await new Promise((done) =>
      get(url, (answer) => { answer.resume(); done(answer.statusCode) }).on('error', ({ code }) => done(code)))
    console.log(JSON.stringify([byFetch, byHttps]))`
  const { pem } = await certificateOfThisProcess()
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--input-type=module',
    '--eval',
    code,
    url,
    pem,
  ])
  return JSON.parse(stdout)
}

test('an early Node 24 trusts the sandbox by fetch and by node:https, and another process does not', async () => {
  const sandbox = await startSandbox()
  try {
    const { url } = sandbox.tumblr
    expect(await askInAnotherProcess(url, 'trustInEachContext(pem); trustInEachContext(pem)')).toEqual([
      404, 404,
    ])
    expect(await askInAnotherProcess(url, '')).toEqual([
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'DEPTH_ZERO_SELF_SIGNED_CERT',
    ])
  } finally {
    await sandbox.close()
  }
})
