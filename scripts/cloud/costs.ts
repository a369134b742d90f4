/**
 * What a month on AWS costs, worked out from measured work: the table of docs/aws.md (`npm run costs` prints it, a test
 * compares it). Dollars without tax, us-east-1, arm64, list prices of 2026.
 */
import type { CommandLine, Given } from '../terminal/arguments.ts'
import type { Surroundings } from '../terminal/command.ts'

/** What one run and one post take. Measured by `npm run bench`; the network's share, which it cannot see, is put on top. */
const work = {
  memoryGb: 1,
  runsPerMonth: 30 * 24 * 6,
  /** A run that finds nothing: 0.02 s warm, 0.3 s cold, and two requests side by side. */
  idleSeconds: 1,
  /** Four photographs of 24 megapixels: 1.2 s, fetched, uploaded, and waited for until the server has taken them in. */
  postSeconds: 30,
  /** The four, of 8 megapixels then, as they go to the server. */
  postBytesOut: 4 * 3_000_000,
  idleReads: 2,
  postReads: 20,
  /** Seven writes of an item of up to 3 kB, in the table and in its index. */
  postWrites: 7 * 3 * 2,
  idleLogBytes: 2000,
  postLogBytes: 6000,
  /** Bytes of a post's record in the ledger, kept for good: after ten years. */
  recordBytes: 3000,
}

/** Dollars a unit: https://aws.amazon.com/ec2/pricing/on-demand/#Data_Transfer https://aws.amazon.com/lambda/pricing/ https://aws.amazon.com/dynamodb/pricing/on-demand/ https://aws.amazon.com/cloudwatch/pricing/ */
const price = {
  gbSecond: 0.0000133334,
  invocation: 0.2 / 1e6,
  write: 0.625 / 1e6,
  read: 0.125 / 1e6,
  tableGb: 0.25,
  backupGb: 0.2,
  outGb: 0.09,
  logGb: 0.5,
  keptLogGb: 0.03,
  alarm: 0.1,
  metric: 0.3,
  dashboard: 3,
  packageGb: 0.023,
}

/** What every account has free each month, for good; it is shared with whatever else runs in it. */
const free = {
  gbSeconds: 400_000,
  invocations: 1e6,
  tableGb: 25,
  outGb: 100,
  logGb: 5,
  alarms: 10,
  metrics: 10,
  dashboards: 3,
}

const alarms = 5
const metrics = 5
const over = (used: number, included: number, isFree: boolean): number =>
  isFree ? Math.max(0, used - included) : used

export type Bill = Readonly<
  Record<'lambda' | 'dynamodb' | 'transfer' | 'logs' | 'watching' | 'total', number>
>

/** Dollars a month for so many posts a day, with or without what an account has free. */
export function monthlyBill(postsPerDay: number, isFree: boolean): Bill {
  const posts = postsPerDay * 30
  const gbSeconds = work.memoryGb * (work.runsPerMonth * work.idleSeconds + posts * work.postSeconds)
  const tableGb = (postsPerDay * 3650 * work.recordBytes * 2) / 1e9
  const logGb = (work.runsPerMonth * work.idleLogBytes + posts * work.postLogBytes) / 1e9
  const lambda =
    over(gbSeconds, free.gbSeconds, isFree) * price.gbSecond +
    over(work.runsPerMonth, free.invocations, isFree) * price.invocation
  const dynamodb =
    posts * work.postWrites * price.write +
    (work.runsPerMonth * work.idleReads + posts * work.postReads) * price.read +
    over(tableGb, free.tableGb, isFree) * price.tableGb +
    tableGb * price.backupGb
  const transfer = over((posts * work.postBytesOut) / 1e9, free.outGb, isFree) * price.outGb
  const logs = over(logGb, free.logGb, isFree) * (price.logGb + price.keptLogGb) + 0.02 * price.packageGb
  const watching =
    over(alarms, free.alarms, isFree) * price.alarm +
    over(metrics, free.metrics, isFree) * price.metric +
    over(1, free.dashboards, isFree) * price.dashboard
  const total = lambda + dynamodb + transfer + logs + watching
  return { lambda, dynamodb, transfer, logs, watching, total }
}

const dollars = (amount: number): string => (amount < 0.005 ? '$0.00' : `$${amount.toFixed(2)}`)

/** The table in Markdown. */
export function costTable(): string {
  const rows = [false, true].flatMap((isFree) =>
    [1, 10, 100].map((postsPerDay) => {
      const { lambda, dynamodb, transfer, logs, watching, total } = monthlyBill(postsPerDay, isFree)
      const amounts = [lambda, dynamodb, transfer, logs, watching].map(dollars).join(' | ')
      return `| ${postsPerDay} | ${isFree ? 'within' : 'used up'} | ${amounts} | **${dollars(total)}** |`
    }),
  )
  return [
    '| posts a day | free tier | Lambda | DynamoDB | data out | logs | alarms, metrics, dashboard | a month |',
    '|---|---|---|---|---|---|---|---|',
    ...rows,
  ].join('\n')
}

export const command = {
  name: 'costs',
  says: 'What a month on AWS costs, as the table of docs/aws.md.',
  options: {},
  exits: { 0: 'done' },
} as const satisfies CommandLine

export const costs = async (_: Given<typeof command>, { output }: Surroundings): Promise<void> =>
  void output.write(`${costTable()}\n`)
