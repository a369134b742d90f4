/** A process that closes a sandbox's Lambda of which one environment waits, two run, and an event is to be tried again. */
import { readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { startLambdaSandbox } from '../../../../scripts/sandbox/lambda/lambda.ts'
import { answeringServer } from '../../../support/answering-server.ts'

const pids: number[] = []
const both = Promise.withResolvers<void>()
const gate = await answeringServer(({ body }) => {
  pids.push(JSON.parse(body.toString()).pid)
  if (pids.length === 2) both.resolve()
})
const lambda = await startLambdaSandbox({
  codeDir: fileURLToPath(new URL('../../../fixtures/lambda', import.meta.url)),
  handler: 'functions.wait',
  functionName: 'levity-test',
  env: { GATE: gate.origin },
  memoryMb: 512,
  timeoutMs: 60_000,
})
const invoke = (type: string): Promise<Response> =>
  fetch(`${lambda.url}/2015-03-31/functions/levity-test/invocations`, {
    method: 'POST',
    headers: { 'x-amz-invocation-type': type },
  })
const running = [invoke('RequestResponse'), invoke('Event')]
await both.promise
await lambda.reload({ handler: 'functions.echo' })
const echoed = await (await invoke('RequestResponse')).text()
pids.unshift(JSON.parse(echoed).pid)
await lambda.close()
await Promise.allSettled(running)
await gate.close()
const outcomes = lambda.invocations.map(({ ending }) => ending?.outcome).sort()
const left = (await readdir(tmpdir())).filter((name) => name.startsWith('levity-'))
process.stdout.write(JSON.stringify({ pids, outcomes: outcomes.reverse(), left }))
