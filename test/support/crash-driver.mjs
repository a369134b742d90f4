/** A process that runs the built function whenever its parent says so, in the time and with the variables it is given. */
import { shiftClock } from '../../scripts/sandbox/clock-shift.mjs'

const { handler } = await import('../../dist/lambda/repost.mjs')

process.on('message', async ({ ask, env, lifeMs }) => {
  Object.assign(process.env, env)
  shiftClock(Number(env.SANDBOX_SKEW_MS))
  if (ask === 'shift') {
    process.send({ said: 'shifted' })
    return
  }
  const end = Date.now() + lifeMs
  const context = lifeMs === undefined ? undefined : { getRemainingTimeInMillis: () => end - Date.now() }
  try {
    process.send({ said: 'ran', report: await handler({}, context) })
  } catch (error) {
    process.send({ said: 'ran', error: String(error) })
  }
})
process.on('disconnect', () => process.exit())
process.send({ said: 'ready' })
