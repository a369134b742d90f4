/** One run of the built function in a process of its own, that is really killed. */
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { certificateOfThisProcess, writeCertificate } from '../sandbox/certificate.ts'
import { clockShift } from '../sandbox/sandbox.ts'
import { type Running, variablesOf } from './running.ts'
import { minute, type Scene } from './scene.ts'
import type { Stage } from './stage.ts'

const driver = fileURLToPath(new URL('./process-run.mjs', import.meta.url))
let certificate: ReturnType<typeof writeCertificate> | undefined

export async function removeCertificate(): Promise<void> {
  await (await certificate)?.remove()
  certificate = undefined
}

/** Ends when the process has ended, however it did. `running.kill` ends it at once. */
export async function startProcess(running: Running, scene: Scene, stage: Stage): Promise<void> {
  certificate ??= certificateOfThisProcess().then(writeCertificate)
  const { path } = await certificate
  const child = fork(driver, {
    execArgv: ['--import', clockShift],
    env: {
      PATH: process.env['PATH'],
      ...variablesOf(scene, stage),
      ...stage.ledger.variables,
      NODE_EXTRA_CA_CERTS: path,
      SANDBOX_SKEW_MS: String(stage.switchboard.clock.now() + running.ahead - Date.now()),
      STORM_LIFE_MS: String(running.plan.life ?? 15 * minute),
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const ended = Promise.withResolvers<void>()
  child.on('exit', (code) =>
    code
      ? ended.reject(new Error(`Expected the built function to run, but its process ended with code ${code}`))
      : ended.resolve(),
  )
  running.kill = async () => {
    child.kill('SIGKILL')
    await ended.promise
  }
  running.done = ended.promise.then(() => {
    running.ended = true
  })
}
