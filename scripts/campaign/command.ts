/** `npm run campaign`: its arguments, and what it prints. */
import type { CommandLine, Given } from '../terminal/arguments.ts'
import { Refusal } from '../terminal/refusal.ts'
import {
  type Campaign,
  causeOf,
  countWords,
  type Failed,
  findPlanted,
  type Plan,
  runCampaign,
  shrinkFailed,
} from './campaign.ts'
import { type KindName, kinds } from './kinds.ts'
import { closeLedgers } from './ledgers.ts'
import { type Levity, loadLevity } from './levity.ts'
import { planted } from './planted.ts'
import { removeCertificate } from './process-run.ts'
import type { LedgerKind } from './scene.ts'
import { tell } from './tell.ts'

const number = { takes: 'N', expects: { pattern: /^\d{1,9}$/, words: 'a number' } } as const

export const command = {
  name: 'campaign',
  says: 'Plays scenes from seeds, in which servers, runs and owners are at their worst, and judges what became of every post.',
  options: {
    scenes: { ...number, says: 'how many scenes', default: '100' },
    seed: { ...number, says: 'the seed of the first; the others follow', default: '1' },
    stories: { ...number, says: 'how many failures of different causes are cut down and told', default: '3' },
    kinds: { takes: 'KINDS', says: 'scenes made of these kinds alone, with commas between' },
    ledger: {
      takes: 'KIND',
      says: 'dynamodb or sqlite; the seed chooses unless said',
      expects: { pattern: /^(dynamodb|sqlite)$/, words: 'dynamodb or sqlite' },
    },
    planted: { says: 'plants faults in Levity one at a time, and says after how many scenes each is found' },
    fault: { takes: 'WORDS', says: 'the planted faults alone that have these words', needs: 'planted' },
  },
  exits: { 0: 'Nothing failed, or every planted fault was found.', 1: 'Something did not.' },
} as const satisfies CommandLine

type Flags = Given<typeof command>['values']

const all = Object.keys(kinds) as KindName[]

export async function campaign({ values: flags }: Given<typeof command>): Promise<number> {
  const levity = await loadLevity()
  const plan: Plan = {
    seed: Number(flags.seed),
    scenes: Number(flags.scenes),
    kinds: chosenKinds(flags),
    ledger: flags.ledger as LedgerKind | undefined,
    onFailure: (failed) => console.log(`${failed.verdicts[0]?.word}: ${replay(failed, flags)}`),
  }
  try {
    if (flags.planted) return await findAllPlanted(flags, plan, levity)
    const played = await runCampaign(plan, levity)
    tellCampaign(played)
    await tellStories(played.failed, flags, levity)
    return played.failed.length > 0 ? 1 : 0
  } finally {
    await closeLedgers()
    await removeCertificate()
  }
}

function chosenKinds(flags: Flags): readonly KindName[] {
  if (flags.kinds === undefined) return all
  return flags.kinds.split(',').map((given) => {
    const name = all.find((one) => one === given.trim())
    if (name === undefined)
      throw new Refusal(`Expected some of ${all.join(', ')} for --kinds but received ${given.trim()}`)
    return name
  })
}

function replay({ scene }: Failed, flags: Flags): string {
  const from = flags.kinds === undefined ? '' : ` --kinds ${JSON.stringify(flags.kinds)}`
  const on = flags.ledger === undefined ? '' : ` --ledger ${flags.ledger}`
  return `npm run campaign -- --scenes 1 --seed ${scene.seed}${from}${on}`
}

function tellCampaign({ scenes, calls, times, failed }: Campaign): void {
  const seconds = times.reduce((sum, ms) => sum + ms, 0) / 1000
  const at = (share: number): number => Math.round(times[Math.floor(share * (times.length - 1))] ?? 0)
  console.log(
    `${scenes} scenes in ${seconds.toFixed(0)} s (${at(0.5)} ms in the median, ${at(0.95)} ms for one in twenty), ` +
      `${Math.round(calls / scenes)} calls each; ${failed.length} failed.`,
  )
  for (const [word, count] of countWords(failed)) console.log(`  ${word}: ${count}`)
}

/** Failures of different causes, each cut down and told. */
async function tellStories(failed: readonly Failed[], flags: Flags, levity: Levity): Promise<void> {
  const told = new Set<string>()
  for (const one of failed) {
    const [first] = one.verdicts
    if (first === undefined || told.size >= Number(flags.stories) || told.has(causeOf(first))) continue
    told.add(causeOf(first))
    const { scene, verdicts } = await shrinkFailed(one, levity)
    console.log(`\n${replay(one, flags)}`)
    for (const line of tell(scene)) console.log(`  ${line}`)
    for (const { word, why } of verdicts) console.log(`  ${word.toUpperCase()}: ${why}`)
  }
}

async function findAllPlanted({ fault: words = '' }: Flags, plan: Plan, plain: Levity): Promise<number> {
  let missed = 0
  for (const one of planted.filter(({ fault }) => fault.includes(words))) {
    const found = await findPlanted(one, plan, plain)
    const [first] = found?.failed.verdicts ?? []
    if (found === undefined) missed += 1
    console.log(
      found
        ? `${one.fault}: found by scene ${found.scenes} (seed ${found.failed.scene.seed}): ${first?.word}`
        : `${one.fault}: not found in ${plan.scenes} scenes`,
    )
  }
  return missed > 0 ? 1 : 0
}
