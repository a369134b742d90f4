/** The story of a doctor: it asks everything at once, waits for a limited time, and changes nothing. */
import type { Possible, PossibleRoute } from '../../core/config/possible.ts'
import { redacting } from '../../core/config/secrets.ts'
import { type Finding, notAsked } from '../../core/doctor/finding.ts'
import type { LedgerFacts } from '../../core/doctor/ledger.ts'
import { judgeRoute, type Made, type RouteFacts } from '../../core/doctor/route.ts'
import type { Ask } from '../../core/event/event.ts'
import type { PostRecord } from '../../core/record/record.ts'
import { emptyReport } from '../../core/report/draft.ts'
import type { Report, RouteReport } from '../../core/report/report.ts'
import type { Instruments } from '../../world.ts'
import { askMastodon, askTumblr } from './outside.ts'
import { question } from './question.ts'

export type Patient = {
  readonly settings: Possible
  readonly made: Omit<Made, 'sharp'>
  /** Whose ledger it is: a stage's on AWS, or this folder's. */
  readonly stage: string | undefined
}

/** The share of `patienceMs` for reading the ledger's history. Most histories are read in a second. */
const historyShare = 0.6

/** Examines every route, or the one that was asked for. Never throws: what is wrong is a cross in the report. */
export async function examine(
  ask: Ask,
  patient: Patient,
  instruments: Instruments,
): Promise<Pick<Report, 'routes'>> {
  const { settings, stage, made } = patient
  const sharp = await question('the image', instruments.loadSharp(), instruments.patienceMs)
  const routes = await Promise.all(
    settings.routes
      .filter(({ name }) => ask.route === undefined || name === ask.route)
      .map(async (route): Promise<RouteReport> => {
        const target = { stage, route: route.name, several: settings.routes.length > 1 }
        const facts = await findOut(route, settings.table, instruments)
        return {
          ...emptyReport(route.name),
          checks: judgeRoute({ ...facts, target, made: { ...made, sharp } }),
        }
      }),
  )
  return JSON.parse(JSON.stringify({ routes }, redacting(settings.secrets)))
}

async function findOut(
  settings: PossibleRoute,
  table: string | undefined,
  instruments: Instruments,
): Promise<Omit<RouteFacts, 'target' | 'made'>> {
  const [blog, account, ledger] = await Promise.all([
    askTumblr(settings.tumblr, instruments),
    askMastodon(settings.mastodon, instruments),
    table === undefined ? notAsked : readLedger(table, settings.name, instruments),
  ])
  const { said, ...page } = blog
  return {
    settings,
    now: instruments.now(),
    ...page,
    limits: said?.limits ?? [],
    server: account.server,
    owner: account.owner,
    scopes: account.scopes,
    times: [
      ['Tumblr', said?.time],
      ['Mastodon', account.time],
    ],
    table: table ?? '',
    ledger,
  }
}

const readLedger = (
  table: string,
  route: string,
  { ledgers, now, patienceMs }: Instruments,
): Promise<Finding<LedgerFacts>> =>
  question(
    ledgers.service,
    (async () => {
      const ledger = ledgers.open(table, route)
      const end = now() + historyShare * patienceMs
      const [page, waiting] = await Promise.all([ledger.read(), ledger.countTodo()])
      const parked: PostRecord[] = []
      for await (const post of ledger.posts()) {
        if (post.state === 'parked') parked.push(post)
        if (now() > end) return { ...page, waiting, parked, cut: true }
      }
      return { ...page, waiting, parked, cut: false }
    })(),
    patienceMs,
  )
