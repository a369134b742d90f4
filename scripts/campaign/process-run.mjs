/** A process that runs the built function once, in the time and with the variables it is given, and says what came of it. */
const { handler } = await import('../../dist/lambda/repost.mjs')

const end = Date.now() + Number(process.env['STORM_LIFE_MS'])
const context = { getRemainingTimeInMillis: () => end - Date.now() }
const said = await handler({ source: 'aws.scheduler', 'detail-type': 'Scheduled Event' }, context).then(
  (report) => ({ report }),
  (error) => ({ error: String(error) }),
)
process.send?.(said, () => process.exit())
